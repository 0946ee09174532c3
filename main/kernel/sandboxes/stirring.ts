import type { Clock } from '../../base/clock.ts';

/** Another text whenever anything in a sandbox may have run since; undefined where that cannot be told. */
export type Pulse = () => string | undefined;

/** What else changes what is looked at is rare, and is seen by then. */
const LOOK_AT_LEAST_EVERY_MS = 60_000;

/**
 * Spares looks at what a sandbox wrote: where nothing in it has run since the last one, there is nothing new. Where that cannot be told,
 * and once a minute, there is always a look.
 */
export class Stirring {
  readonly #pulse: Pulse;
  readonly #clock: Clock;
  #asked: string | undefined;
  #seen: string | undefined;
  #seenAtMs = 0;

  constructor(pulse: Pulse, clock: Clock) {
    this.#pulse = pulse;
    this.#clock = clock;
  }

  /** True where the last look has seen all there is. To be asked before each. */
  isStill(): boolean {
    this.#asked = this.#pulse();
    if (this.#asked === undefined || this.#asked !== this.#seen) return false;
    return this.#clock.now() - this.#seenAtMs < LOOK_AT_LEAST_EVERY_MS;
  }

  /** The look that was not spared is done. What ran while it looked is seen by the next one. */
  looked(): void {
    this.#seen = this.#asked;
    this.#seenAtMs = this.#clock.now();
  }
}
