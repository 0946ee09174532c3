import { lastLines } from '../../../schema/terminal-output/last-lines.ts';
import { PlainOutput } from '../../../schema/terminal-output/plain-output.ts';

const FIRST_BYTES = 64 * 1024;
/** So much is held at most; when it is full, what will have scrolled away is left out of it. */
const LIMIT_BYTES = 3 * 1024 * 1024;
/** More steps would hold up everything else that the kernel does; what needs them is for the thread of the mirror. */
const STEPS = 25_000;
/** Where more than this share would stay, holding it back does not help. */
const LARGEST_REST = 3 / 4;

/**
 * Output that nobody needs yet, in memory that is written over: no more of plain output than what stays of it on a screen. In a flood, each
 * piece by itself would be garbage for another thread to collect.
 */
export class HeldOutput {
  readonly #limit: number;
  #bytes = Buffer.alloc(0);
  #length = 0;
  #plain = new PlainOutput();

  constructor(limitBytes = LIMIT_BYTES) {
    this.#limit = limitBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies what comes next, whole characters of UTF-8. False where it is not plain or does not fit, and so was not taken. */
  push(bytes: Uint8Array, keptLines: number): boolean {
    if (!this.#plain.push(bytes) || !this.#makeRoom(bytes.length, keptLines)) return false;
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return true;
  }

  /** Gives what is held, to be used before the next push, and begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    this.#plain = new PlainOutput();
    return taken;
  }

  /** Lets the memory go. */
  release(): void {
    this.take();
    this.#bytes = Buffer.alloc(0);
  }

  #makeRoom(length: number, keptLines: number): boolean {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return true;
    if (needed > this.#limit) return this.#shorten(keptLines) && this.#length + length <= this.#bytes.length;
    const grown = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(FIRST_BYTES, 2 * needed)));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    return true;
  }

  /** False where too much stays. */
  #shorten(keptLines: number): boolean {
    const held = this.#bytes.subarray(0, this.#length);
    const stays = lastLines([held], keptLines, STEPS);
    if (stays === undefined) return false;
    const rest = stays.at(-1) ?? held;
    const [colours = new Uint8Array()] = stays.length > 1 ? stays : [];
    const length = colours.length + rest.length;
    if (length > LARGEST_REST * this.#limit || length > this.#length) return false;
    this.#bytes.copyWithin(colours.length, this.#length - rest.length, this.#length);
    this.#bytes.set(colours, 0);
    this.#length = length;
    return true;
  }
}
