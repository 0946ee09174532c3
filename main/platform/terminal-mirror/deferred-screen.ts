import type { Terminal } from '@xterm/headless';
import { KeptLines } from '../../../schema/terminal-output/kept-lines.ts';
import { concatenated, PlainOutput } from '../../../schema/terminal-output/plain-output.ts';

/** What may wait to be taken in, in bytes. */
const WAITING_LIMIT = 1024 * 1024;
/** However many lines are kept, no more than this waits. */
const LONGEST_WAIT = 32 * 1024 * 1024;
/** So many pieces are made one: memory of its own for each would be more than what is in them. */
const PIECES = 256;
/** Nothing more has come for so long: what waits is taken in. */
const QUIET_MS = 250;

export interface DeferredScreenOptions {
  readonly terminal: Terminal;
  readonly waitingLimit?: number;
}

/**
 * A terminal that takes in what it is given when there is time for it. While output comes fast it is only kept, and of plain output no more
 * than what would still be there in the end: nobody looks at it, and reading it as it comes would take as long as showing it does.
 */
export class DeferredScreen implements Disposable {
  readonly #terminal: Terminal;
  readonly #kept: KeptLines;
  readonly #limit: number;
  #plain = new PlainOutput();
  #isPlain = true;
  /** Most of it is looked over and left out, and never has to be read. */
  #waiting: Uint8Array[] = [];
  #length = 0;
  /** At the end of what waits, by themselves. */
  #pieces = 0;
  /** Past this, something has to be done with what waits. */
  #threshold: number;
  #writing = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isQuiet = true;

  constructor({ terminal, waitingLimit = WAITING_LIMIT }: DeferredScreenOptions) {
    this.#terminal = terminal;
    this.#kept = new KeptLines(terminal);
    this.#limit = waitingLimit;
    this.#threshold = waitingLimit;
  }

  /** A control sequence that has begun and not ended in what was taken in. */
  get unfinished(): string {
    return Buffer.from(this.#kept.unfinished).toString('utf8');
  }

  /** Of plain output that follows what was written, so many of the last lines stay; undefined while that is not known. */
  get keptLines(): number | undefined {
    const isKnown = this.#writing === 0 && this.#isPlain && this.#plain.isAtRest && this.#kept.areKnown;
    return isKnown ? this.#kept.lines : undefined;
  }

  /** Whole characters of UTF-8. Resolves when more may come. */
  write(bytes: Uint8Array): Promise<void> {
    this.#push(bytes);
    this.#isPlain &&= this.#plain.push(bytes);
    this.#isQuiet = false;
    if (this.#length <= this.#threshold) {
      this.#watch();
      return Promise.resolve();
    }
    if (this.#shorten()) {
      this.#watch();
      return Promise.resolve();
    }
    return this.takeIn();
  }

  /** Resolves when everything that was written before is on the screen. */
  takeIn(): Promise<void> {
    return this.look(() => undefined);
  }

  /** Looks when everything that was written before is on the screen, and nothing else is. */
  look<T>(at: () => T): Promise<T> {
    const output = Buffer.concat(this.#waiting);
    this.#keep([]);
    this.#plain = new PlainOutput();
    this.#isPlain = true;
    this.#writing += 1;
    return new Promise((resolve) => {
      // In the callback itself: the screen goes on with what was written later before a promise would.
      this.#terminal.write(output, () => {
        this.#writing -= 1;
        this.#kept.afterReading(output);
        resolve(at());
      });
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
    this.#terminal.dispose();
  }

  /** Leaves out what will have scrolled away; false where it cannot be known or would not help. */
  #shorten(): boolean {
    if (this.#writing > 0 || !this.#isPlain || !this.#kept.areKnown) return false;
    const rest = this.#kept.of(this.#waiting);
    if (rest === undefined || lengthOf(rest) > LONGEST_WAIT) return this.#wait();
    this.#keep(rest);
    this.#threshold = Math.max(this.#limit, 2 * this.#length);
    return true;
  }

  /** Fewer lines than are kept, so far. */
  #wait(): boolean {
    if (this.#length > LONGEST_WAIT) return false;
    this.#threshold = 2 * this.#length;
    return true;
  }

  #push(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#length += bytes.length;
    this.#pieces += 1;
    if (this.#pieces < PIECES) return;
    this.#waiting.push(concatenated(this.#waiting.splice(-PIECES)));
    this.#pieces = 0;
  }

  #keep(waiting: Uint8Array[]): void {
    this.#waiting = waiting;
    this.#pieces = 0;
    this.#length = lengthOf(waiting);
    this.#threshold = this.#limit;
  }

  #watch(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#isQuiet) {
        this.#isQuiet = true;
        this.#watch();
      } else if (this.#length > 0) void this.takeIn();
    }, QUIET_MS);
    this.#timer.unref();
  }
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
