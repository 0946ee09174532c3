import type { Terminal } from '@xterm/headless';
import { EscapeTail } from './escape-tail.ts';
import { lastLines, PlainOutput } from './plain-output.ts';

/** What may wait to be taken in, in bytes. */
const WAITING_LIMIT = 1024 * 1024;
/** However many lines are kept, no more than this waits. */
const LONGEST_WAIT = 32 * 1024 * 1024;
/** Nothing more has come for so long: what waits is taken in. */
const QUIET_MS = 250;

export interface DeferredScreenOptions {
  readonly terminal: Terminal;
  readonly scrollbackLines: number;
  readonly waitingLimit?: number;
}

/**
 * A terminal that takes in what it is given when there is time for it. While output comes fast it is only kept, and of plain output no more
 * than what would still be there in the end: nobody looks at it, and reading it as it comes would take as long as showing it does.
 */
export class DeferredScreen implements Disposable {
  readonly #terminal: Terminal;
  readonly #tail = new EscapeTail();
  readonly #plain = new PlainOutput();
  readonly #scrollbackLines: number;
  readonly #limit: number;
  /** One character a byte: most of it is looked over and left out, and never has to be read. */
  #waiting: string[] = [];
  #length = 0;
  /** Past this, something has to be done with what waits. */
  #threshold: number;
  #writing = 0;
  #regionSet = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isQuiet = true;

  constructor({ terminal, scrollbackLines, waitingLimit = WAITING_LIMIT }: DeferredScreenOptions) {
    this.#terminal = terminal;
    this.#scrollbackLines = scrollbackLines;
    this.#limit = waitingLimit;
    this.#threshold = waitingLimit;
    // Scrolling a part of the screen only. It is noted and then obeyed.
    terminal.parser.registerCsiHandler({ final: 'r' }, ([top = 0, bottom = 0]) => {
      this.#regionSet = Number(top) > 1 || (Number(bottom) > 0 && Number(bottom) < terminal.rows);
      return false;
    });
  }

  /** A control sequence that has begun and not ended in what was taken in. */
  get unfinished(): string {
    return this.#tail.text;
  }

  /** Whole characters of UTF-8. Resolves when more may come. */
  write(bytes: Uint8Array): Promise<void> {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    this.#waiting.push(text);
    this.#length += text.length;
    this.#plain.push(text);
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
    const text = Buffer.from(this.#waiting.join(''), 'latin1').toString('utf8');
    this.#keep([]);
    this.#plain.startOver();
    this.#writing += 1;
    return new Promise((resolve) => {
      // In the callback itself: the screen goes on with what was written later before a promise would.
      this.#terminal.write(text, () => {
        this.#writing -= 1;
        this.#tail.push(text);
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
    const isWhole = this.#terminal.buffer.active.type === 'normal' && !this.#regionSet && this.#tail.text === '';
    if (this.#writing > 0 || !isWhole || !this.#plain.isPlain) return false;
    // The cursor may be at the top: a screenful is needed before anything scrolls.
    const lines = this.#scrollbackLines + 2 * this.#terminal.rows;
    const rest = lastLines(this.#waiting.join(''), lines);
    if (rest === undefined || rest.length > LONGEST_WAIT) return this.#wait();
    this.#keep([rest]);
    this.#threshold = Math.max(this.#limit, 2 * rest.length);
    return true;
  }

  /** Fewer lines than are kept, so far. */
  #wait(): boolean {
    if (this.#length > LONGEST_WAIT) return false;
    this.#threshold = 2 * this.#length;
    return true;
  }

  #keep(waiting: string[]): void {
    this.#waiting = waiting;
    this.#length = waiting.reduce((sum, text) => sum + text.length, 0);
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
