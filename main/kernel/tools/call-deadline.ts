import type { Clock } from '../../base/clock.ts';

/** How long a tool may take. What is waited for before the tool can begin does not count. */
export class CallDeadline implements Disposable {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #ending = new AbortController();
  #timer: Disposable | undefined;
  #hasPassed = false;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.begin();
  }

  /** Aborts when the time is over, and when the call has ended. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get hasPassed(): boolean {
    return this.#hasPassed;
  }

  /** The time counts from now on. */
  begin(): void {
    this.halt();
    this.#timer = this.#clock.setTimer(this.#limitMs, () => {
      this.#hasPassed = true;
      this.#ending.abort();
    });
  }

  /** The time does not count until `begin`. */
  halt(): void {
    this.#timer?.[Symbol.dispose]();
  }

  end(): void {
    this.halt();
    this.#ending.abort();
  }

  [Symbol.dispose](): void {
    this.halt();
  }
}
