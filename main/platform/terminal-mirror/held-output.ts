/** So much is passed on in one piece: a message to another thread costs as much as reading tens of thousands of characters. */
export const PIECE_BYTES = 1024 * 1024;
/** However little there is, it does not wait for longer. */
export const HOLD_MS = 100;

/** What a terminal printed, held for a moment and passed on in large pieces of memory of their own. */
export class HeldOutput implements Disposable {
  readonly #passOn: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  #held: Uint8Array[] = [];
  #length = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failure: Promise<void> | undefined;

  constructor(passOn: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>) {
    this.#passOn = passOn;
  }

  /** Resolves when more may come. Rejects where this or what went before could not be passed on. The bytes must not change. */
  push(bytes: Uint8Array): Promise<void> {
    const failure = this.#failure;
    this.#failure = undefined;
    this.#held.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= PIECE_BYTES) return this.pass();
    this.#timer ??= setTimeout(() => void this.pass(), HOLD_MS).unref();
    return failure ?? Promise.resolve();
  }

  /** Passes on what is held, at once. */
  pass(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#length === 0) return Promise.resolve();
    const piece = Buffer.allocUnsafeSlow(this.#length);
    let at = 0;
    for (const bytes of this.#held) {
      piece.set(bytes, at);
      at += bytes.length;
    }
    this.#held = [];
    this.#length = 0;
    const passed = this.#passOn(piece);
    // Whoever writes next is told, where nobody waits for this one.
    passed.catch(() => {
      this.#failure = passed;
    });
    return passed;
  }

  /** What is still held is left out. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held = [];
    this.#length = 0;
  }
}
