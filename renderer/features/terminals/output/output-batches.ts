import { concatenated, PlainOutput } from '../../../../schema/terminal-output/plain-output.ts';

/** What was printed: text, or UTF-8. */
export type Output = string | Uint8Array;

/** What a terminal's output is given to; xterm.js in the window, a fake in tests. */
export interface OutputScreen {
  /** Calls back once the output has been parsed. */
  write(output: Output, parsed: () => void): void;
  /**
   * The shorter output that leaves the screen as all of these would, which are plain and follow what it has parsed. Undefined where nothing
   * can be left out.
   */
  shortened(plain: readonly Uint8Array[]): Uint8Array | undefined;
}

/** Milliseconds and one timer at a time. */
export interface BatchClock {
  now(): number;
  /** Calls back once after so long; disposing cancels. */
  setTimer(delayMs: number, callback: () => void): Disposable;
}

export interface OutputBatchesOptions {
  readonly screen: OutputScreen;
  readonly clock: BatchClock;
  /** Whether somebody works elsewhere in the window at this moment: then this terminal has only its share of the time. */
  readonly isBehind: () => boolean;
  /** More comes than is shown at once; told again and again while it does. */
  readonly onFlood: () => void;
}

/** A flood is drawn once in so long: each drawing takes as long as reading a hundred thousand characters. */
export const INTERVAL_MS = 50;
/** xterm.js reads what it is given at once in one go, and draws only after it. So long a go holds up nobody who can tell. */
export const GO_MS = 40;
/** So much an interval is shown at once: what a person's keys bring back, and a screenful of what a program draws. */
export const AT_ONCE = 16 * 1024;
/** What is given at once, until it is known how much is read in one go; and the least and the most. */
export const BATCH = 512 * 1024;
const LEAST_BATCH = 128 * 1024;
export const MOST_BATCH = 1536 * 1024;
/** What a terminal reads an interval while somebody works elsewhere in the window. */
export const SHARE = 64 * 1024;
/** So much may wait to be parsed before more is taken; it bounds the window's memory. */
export const UNPARSED_LIMIT = 2 * MOST_BATCH;
/** Of what can be made shorter so much is read with each interval, however much came: while it goes on, they are longer. */
export const SHORTENED_INTERVAL_MS = 4 * INTERVAL_MS;
/** Nothing came for so long: it does not go on. */
const SILENCE_MS = 10;
/** So much of what can be made shorter waits, until it is; it is given with the next interval. */
const HELD = 2 * MOST_BATCH - BATCH;

interface Piece {
  readonly output: Output;
  readonly isPlain: boolean;
}

/**
 * Gives a terminal's output to its screen, in order: little of it at once, a flood in batches, so that the window spends its time on reading
 * and not on drawing what nobody can read, and less of it while somebody works elsewhere.
 */
export class OutputBatches implements Disposable {
  readonly #options: OutputBatchesOptions;
  readonly #plain = new PlainOutput();
  #waiting: Piece[] = [];
  #waitingLength = 0;
  #unparsed = 0;
  /** Of it, what the screen was given. */
  #reading = 0;
  #batch = BATCH;
  /** The last of it could be made shorter. */
  #isShortened = false;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #writtenAtMs = Number.NEGATIVE_INFINITY;
  /** Given to the screen since the interval has begun. */
  #given = 0;
  #timer: Disposable | undefined;
  #wake: (() => void)[] = [];

  constructor(options: OutputBatchesOptions) {
    this.#options = options;
  }

  /** Resolves once there is room for more. */
  async write(output: Output): Promise<void> {
    this.#unparsed += output.length;
    this.#waiting.push({ output, isPlain: typeof output !== 'string' && this.#plain.push(output) });
    this.#waitingLength += output.length;
    this.#writtenAtMs = this.#options.clock.now();
    this.#pass();
    while (this.#unparsed > UNPARSED_LIMIT) await this.#somethingParsed();
  }

  /** Resolves when everything that was written has been parsed. */
  async drained(): Promise<void> {
    this.#give(this.#waitingLength);
    while (this.#unparsed > 0) await this.#somethingParsed();
  }

  /** What still waits is left out. */
  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#waiting = [];
    this.#waitingLength = 0;
  }

  #pass(): void {
    const { clock, isBehind, onFlood } = this.#options;
    const nowMs = clock.now();
    const behind = isBehind();
    const goesOn = !behind && this.#isShortened && nowMs - this.#writtenAtMs < SILENCE_MS;
    const nextAtMs = this.#startedAtMs + (goesOn ? SHORTENED_INTERVAL_MS : INTERVAL_MS);
    const isNext = nowMs >= nextAtMs;
    if (!behind && (isNext || this.#isBatchDue())) this.#shorten();
    if (isNext) {
      // What comes while it reads may be made shorter when it has read.
      if (!behind && this.#isShortened && this.#reading > 0) return;
      this.#startedAtMs = nowMs;
      this.#given = 0;
      this.#give(behind ? SHARE : this.#batch);
    } else if (this.#given + this.#waitingLength <= AT_ONCE || (!behind && this.#isBatchDue())) {
      this.#give(this.#batch);
    }
    if (this.#waitingLength === 0) return this.#endTimer();
    onFlood();
    // By then it may no longer go on.
    const lookAtMs = this.#startedAtMs + INTERVAL_MS;
    const delayMs = (nowMs < lookAtMs ? lookAtMs : nextAtMs) - nowMs;
    this.#timer ??= clock.setTimer(delayMs, () => this.#onInterval());
  }

  /** The screen has nothing to read, and there is as much as it reads in one go; of what can be made shorter, as much as may wait. */
  #isBatchDue(): boolean {
    return this.#reading === 0 && this.#waitingLength >= (this.#isShortened ? HELD : this.#batch);
  }

  /** Leaves out what nobody could see, where all that waits is plain. */
  #shorten(): void {
    if (this.#reading > 0) return;
    this.#isShortened = false;
    if (this.#waitingLength < LEAST_BATCH) return;
    const plain = this.#waiting.flatMap(({ output, isPlain }) =>
      isPlain && typeof output !== 'string' ? [output] : [],
    );
    const rest = plain.length === this.#waiting.length ? this.#options.screen.shortened(plain) : undefined;
    if (rest === undefined) return;
    this.#isShortened = true;
    this.#unparsed -= this.#waitingLength - rest.length;
    this.#waiting = [{ output: rest, isPlain: true }];
    this.#waitingLength = rest.length;
    this.#wakeWriters();
  }

  #onInterval(): void {
    this.#timer = undefined;
    if (this.#waitingLength > 0) this.#pass();
  }

  #endTimer(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  /** At least so much, or all that waits. */
  #give(length: number): void {
    const taken: Output[] = [];
    for (let given = 0; given < length; ) {
      const output = this.#waiting.shift()?.output;
      if (output === undefined) break;
      taken.push(output);
      given += output.length;
    }
    for (const output of joined(taken)) {
      this.#waitingLength -= output.length;
      this.#given += output.length;
      this.#reading += output.length;
      const givenAtMs = this.#options.clock.now();
      this.#options.screen.write(output, () => this.#onParsed(output.length, givenAtMs));
    }
  }

  #onParsed(length: number, givenAtMs: number): void {
    this.#unparsed -= length;
    this.#reading -= length;
    if (length >= LEAST_BATCH) {
      const inOneGo = (length * GO_MS) / Math.max(1, this.#options.clock.now() - givenAtMs);
      this.#batch = Math.min(Math.max(LEAST_BATCH, inOneGo), MOST_BATCH);
    }
    this.#wakeWriters();
    if (this.#waitingLength > 0 && (this.#isBatchDue() || this.#isShortened)) this.#pass();
  }

  #wakeWriters(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  #somethingParsed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }
}

/** As one, where all of it is of one kind. */
function joined(outputs: readonly Output[]): readonly Output[] {
  if (outputs.length < 2) return outputs;
  if (outputs.every((output) => typeof output === 'string')) return [outputs.join('')];
  const bytes = outputs.filter((output) => typeof output !== 'string');
  return bytes.length === outputs.length ? [concatenated(bytes)] : outputs;
}
