import type { Clock } from '../../base/clock.ts';

/** One refusal, with how often it came since it was last recorded. */
export interface CountedRefusal<T> {
  readonly refusal: T;
  readonly times: number;
}

const QUIET_MS = 10_000;
/** Different ones that are told apart at a time; what is past it is counted together. */
const KINDS = 100;

/**
 * Records the first refusal of each kind at once and counts repetitions: a program can ask as often as it likes, for as many
 * names as it likes, and must not fill the audit chain with it.
 */
export class RefusalRecords<T> implements Disposable {
  readonly #clock: Clock;
  readonly #record: (counted: CountedRefusal<T>) => void;
  readonly #counted = new Map<string, { refusal: T; times: number; timer: Disposable }>();
  #disposed = false;

  constructor(clock: Clock, record: (counted: CountedRefusal<T>) => void) {
    this.#clock = clock;
    this.#record = record;
  }

  add(kind: string, refusal: T): void {
    // The chain may be closed by now: a judgement that was under way ends after the proxy that asked for it.
    if (this.#disposed) return;
    const key = this.#counted.size < KINDS || this.#counted.has(kind) ? kind : '';
    const known = this.#counted.get(key);
    if (known) {
      known.refusal = refusal;
      known.times += 1;
      return;
    }
    this.#record({ refusal, times: 1 });
    this.#counted.set(key, { refusal, times: 0, timer: this.#clock.setTimer(QUIET_MS, () => this.#sum(key)) });
  }

  /** Records what is counted and not yet recorded, and nothing after it. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const [key, { timer }] of this.#counted) {
      timer[Symbol.dispose]();
      this.#sum(key);
    }
  }

  #sum(key: string): void {
    const counted = this.#counted.get(key);
    this.#counted.delete(key);
    if (counted && counted.times > 0) this.#record({ refusal: counted.refusal, times: counted.times });
  }
}
