import { writeSync } from 'node:fs';

const BUFFER_BYTES = 1024 * 1024;
/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const WORST_BYTES = 3;
const LINE_END = 0x0a;

/** Writes lines to an open file through one buffer: to join them to a long string first takes several times as long. */
export class LineWriter {
  readonly #fd: number;
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #filled = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** In the file at the latest after `flush`. Throws what writing throws. */
  write(line: string): void {
    const worstBytes = line.length * WORST_BYTES + 1;
    if (this.#filled + worstBytes > this.#buffer.length) this.flush();
    if (worstBytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(worstBytes);
    this.#filled += this.#buffer.write(line, this.#filled, 'utf8');
    this.#buffer[this.#filled] = LINE_END;
    this.#filled += 1;
  }

  flush(): void {
    for (let done = 0; done < this.#filled; ) done += writeSync(this.#fd, this.#buffer, done, this.#filled - done);
    this.#filled = 0;
  }
}
