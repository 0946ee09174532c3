/** How long a terminal may be busy with pictures at once, and what part of the time when they come on and on. */
const AT_ONCE_MS = 5000;
const PART = 0.5;

/**
 * What a terminal may spend on pictures: a film goes on, while of more than can be shown some are left out, so that what is printed after a flood of
 * them does not wait for all of it.
 */
export class PictureTime {
  readonly #now: () => number;
  #leftMs = AT_ONCE_MS;
  #countedAtMs: number;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#countedAtMs = now();
  }

  get isLeft(): boolean {
    this.#count();
    return this.#leftMs > 0;
  }

  /** Counts how long something takes. */
  async spend<T>(work: () => Promise<T>): Promise<T> {
    const beganAtMs = this.#now();
    try {
      return await work();
    } finally {
      this.#leftMs -= this.#now() - beganAtMs;
    }
  }

  #count(): void {
    const nowMs = this.#now();
    this.#leftMs = Math.min(AT_ONCE_MS, this.#leftMs + (nowMs - this.#countedAtMs) * PART);
    this.#countedAtMs = nowMs;
  }
}
