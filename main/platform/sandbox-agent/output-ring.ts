const FIRST_CAPACITY = 64 * 1024;

/** The last bytes of a stream, addressed by their offset since its beginning. Grows with what is written, up to its limit. */
export class OutputRing {
  readonly #limit: number;
  #bytes: Buffer;
  #end = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
    this.#bytes = Buffer.allocUnsafe(Math.min(FIRST_CAPACITY, limitBytes));
  }

  /** The offset of the oldest byte that is kept. */
  get start(): number {
    return Math.max(0, this.#end - this.#bytes.length);
  }

  get end(): number {
    return this.#end;
  }

  push(chunk: Uint8Array): void {
    this.#grow(this.#end + chunk.length);
    const kept = chunk.subarray(Math.max(0, chunk.length - this.#bytes.length));
    const at = (this.#end + chunk.length - kept.length) % this.#bytes.length;
    const head = kept.subarray(0, this.#bytes.length - at);
    this.#bytes.set(head, at);
    this.#bytes.set(kept.subarray(head.length), 0);
    this.#end += chunk.length;
  }

  /** At most `limitBytes` from `offset` on, fewer at the end or where the ring wraps; valid until the next push. */
  read(offset: number, limitBytes: number): Buffer {
    if (offset < this.start || offset >= this.#end) return this.#bytes.subarray(0, 0);
    const at = offset % this.#bytes.length;
    return this.#bytes.subarray(at, Math.min(at + limitBytes, at + this.#end - offset, this.#bytes.length));
  }

  /** Bytes lie at their offset modulo the capacity; until the limit is reached none has been overwritten. */
  #grow(end: number): void {
    let capacity = this.#bytes.length;
    if (end <= capacity || capacity === this.#limit) return;
    while (capacity < end && capacity < this.#limit) capacity = Math.min(capacity * 2, this.#limit);
    const grown = Buffer.allocUnsafe(capacity);
    this.#bytes.copy(grown, 0, 0, this.#end);
    this.#bytes = grown;
  }
}
