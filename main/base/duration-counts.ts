/** In seconds: from a call that only looks something up to one that starts a sandbox or runs a test. */
export const DURATION_BOUNDS_S = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const;

/** How many durations lay within each bound: a histogram of fixed size, which to count costs next to nothing. */
export class DurationCounts {
  readonly #within = new Float64Array(DURATION_BOUNDS_S.length);
  #count = 0;
  #sumMs = 0;

  observe(durationMs: number): void {
    this.#count += 1;
    this.#sumMs += durationMs;
    const index = DURATION_BOUNDS_S.findIndex((boundS) => durationMs <= boundS * 1000);
    if (index >= 0) this.#within[index] = (this.#within[index] ?? 0) + 1;
  }

  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  /** For each of the bounds how many durations were as long or shorter. */
  cumulative(): number[] {
    let sofar = 0;
    return Array.from(this.#within, (within) => (sofar += within));
  }
}
