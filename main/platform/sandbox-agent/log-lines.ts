import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import type { Budget } from '../../base/budget.ts';

/** What is kept of one line; the kernel keeps 4,096 characters with what is said of the rest. */
const LINE_LIMIT = 4000;
/** Thousands of empty lines are not free either. */
const LINE_BYTES = 256;

export interface LogFollowing {
  readonly budget: Budget;
  /** Takes a line; the next one waits for what it gives. */
  readonly take: (line: string) => void | Promise<void>;
  /** Replaced in tests. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** Hands over each line of a stream until it ends. What comes faster than the budget allows is not read meanwhile, so that whoever writes it waits. */
export async function followLog(stream: AsyncIterable<Uint8Array>, following: LogFollowing): Promise<void> {
  const { budget, take, wait = delay } = following;
  const lines = new LogLines();
  const spend = async (bytes: number): Promise<void> => {
    const waitMs = budget.spend(bytes, Date.now());
    if (waitMs > 0) await wait(waitMs);
  };
  for await (const chunk of stream) {
    let lineBytes = 0;
    for (const line of lines.push(chunk)) {
      lineBytes += LINE_BYTES + line.length;
      await take(line);
      await spend(LINE_BYTES + line.length);
    }
    // Of a line without an end hardly anything is kept, but it has been read.
    if (chunk.length > lineBytes) await spend(chunk.length - lineBytes);
  }
  const rest = lines.end();
  if (rest !== undefined) await take(rest);
}

/** Cuts bytes into lines, and lines at their limit: of one that never ends no more than that is held. */
export class LogLines {
  readonly #decoder = new StringDecoder('utf8');
  #begun = '';
  #leftOut = 0;

  *push(chunk: Uint8Array): Generator<string> {
    const text = this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      this.#add(text, from, end);
      yield this.#whole();
      from = end + 1;
    }
    this.#add(text, from, text.length);
  }

  /** What came after the last line; undefined where that is nothing. */
  end(): string | undefined {
    const text = this.#decoder.end();
    this.#add(text, 0, text.length);
    return this.#begun === '' ? undefined : this.#whole();
  }

  #add(text: string, from: number, to: number): void {
    const room = LINE_LIMIT - this.#begun.length;
    this.#begun += text.slice(from, Math.min(to, from + room));
    this.#leftOut += Math.max(0, to - from - room);
  }

  #whole(): string {
    const said = this.#leftOut === 0 ? '' : ` … (${this.#leftOut} more characters)`;
    const line = this.#leftOut === 0 && this.#begun.endsWith('\r') ? this.#begun.slice(0, -1) : this.#begun;
    this.#begun = '';
    this.#leftOut = 0;
    return line + said;
  }
}
