import { availableParallelism } from 'node:os';
import { PayingAttempt } from './paying-attempt.ts';

/** The clock is looked at once in so many looks at the counter, which are much quicker. */
const LOOKS_BETWEEN_CLOCK = 100;

export interface CounterSpinOptions {
  readonly counters: Int32Array;
  readonly index: number;
  readonly limitMs: number;
  readonly processors?: number;
}

/**
 * Watches a counter that another thread raises, without giving up the processor: to be put to sleep and woken takes a
 * good part of a short sync each time. It is left out where the other thread mostly takes longer, because the disk is slow
 * or other programs want the processors, and where there is only one.
 */
export class CounterSpin {
  readonly #options: CounterSpinOptions;
  readonly #canWork: boolean;
  readonly #attempt = new PayingAttempt();

  constructor(options: CounterSpinOptions) {
    this.#options = options;
    this.#canWork = (options.processors ?? availableParallelism()) > 1;
  }

  /** Whether the counter was seen to have another value than that; false says nothing. Takes the limit at most. */
  leaves(value: number): boolean {
    return this.#canWork && this.#attempt.run(() => this.#watch(value));
  }

  #watch(value: number): boolean {
    const { counters, index, limitMs } = this.#options;
    const untilMs = performance.now() + limitMs;
    do {
      for (let look = 0; look < LOOKS_BETWEEN_CLOCK; look += 1) {
        if (Atomics.load(counters, index) !== value) return true;
      }
    } while (performance.now() < untilMs);
    return false;
  }
}
