/** What was printed: text, or UTF-8. */
export type Output = string | Uint8Array;

/** What a terminal's output is given to; xterm.js in the window, a fake in tests. */
export interface OutputScreen {
  /** Calls back once the output has been parsed. */
  write(output: Output, parsed: () => void): void;
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

/**
 * Gives a terminal's output to its screen, in order: little of it at once, a flood in batches, so that the window spends its time on reading
 * and not on drawing what nobody can read, and less of it while somebody works elsewhere.
 */
export class OutputBatches implements Disposable {
  readonly #options: OutputBatchesOptions;
  #waiting: Output[] = [];
  #waitingLength = 0;
  #unparsed = 0;
  /** Of it, what the screen was given. */
  #reading = 0;
  #batch = BATCH;
  #startedAtMs = Number.NEGATIVE_INFINITY;
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
    this.#waiting.push(output);
    this.#waitingLength += output.length;
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
    if (nowMs - this.#startedAtMs >= INTERVAL_MS) {
      this.#startedAtMs = nowMs;
      this.#given = 0;
      this.#give(behind ? SHARE : this.#batch);
    } else if (this.#given + this.#waitingLength <= AT_ONCE || (!behind && this.#isBatchDue())) {
      this.#give(this.#batch);
    }
    if (this.#waitingLength === 0) return this.#endTimer();
    onFlood();
    this.#timer ??= clock.setTimer(this.#startedAtMs + INTERVAL_MS - nowMs, () => this.#onInterval());
  }

  /** The screen has nothing to read, and there is as much as it reads in one go. */
  #isBatchDue(): boolean {
    return this.#reading === 0 && this.#waitingLength >= this.#batch;
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
      const output = this.#waiting.shift();
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
    for (const wake of this.#wake.splice(0)) wake();
    if (this.#isBatchDue()) this.#pass();
  }

  #somethingParsed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }
}

/** As one, where all of it is of one kind. */
function joined(outputs: readonly Output[]): readonly Output[] {
  if (outputs.length < 2) return outputs;
  if (outputs.every((output) => typeof output === 'string')) return [outputs.join('')];
  if (!outputs.every((output) => typeof output !== 'string')) return outputs;
  const whole = new Uint8Array(outputs.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const output of outputs) {
    whole.set(output, at);
    at += output.length;
  }
  return [whole];
}
