/** What a stream printed, up to a limit; and its end, however long it is. */
export class Capture {
  readonly #limitBytes: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #end: Buffer = Buffer.alloc(0);
  truncated = false;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  take(chunk: Buffer): void {
    this.#end = Buffer.concat([this.#end, chunk]).subarray(-END_BYTES);
    if (this.#bytes + chunk.length > this.#limitBytes) {
      this.truncated = true;
      return;
    }
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  get end(): string {
    return this.#end.toString('utf8');
  }
}

/** Of each stream, for reports. */
const END_BYTES = 64 * 1024;
