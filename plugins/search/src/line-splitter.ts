const NEWLINE = 10;

/** Cuts a stream of bytes into lines, without their ends. */
export class LineSplitter {
  #rest: Buffer[] = [];

  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const part = chunk.subarray(start, end);
      lines.push(this.#rest.length === 0 ? part : Buffer.concat([...this.#rest, part]));
      this.#rest = [];
      start = end + 1;
    }
    if (start < chunk.length) this.#rest.push(chunk.subarray(start));
    return lines;
  }
}
