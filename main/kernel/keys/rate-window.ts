/**
 * The requests of one key within the last window: no more than the limit in any stretch of that length, wherever it begins. What is
 * refused does not count. Memory is fixed: one number for each request that may be made.
 */
export class RateWindow {
  readonly #windowMs: number;
  readonly #times: Float64Array;
  /** Where the next time goes, which is where the oldest lies. */
  #next = 0;

  constructor(limit: number, windowMs: number) {
    this.#windowMs = windowMs;
    this.#times = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY);
  }

  /** Counts a request and answers 0; or, over the limit, after how many milliseconds the next one fits. */
  take(nowMs: number): number {
    const waitMs = (this.#times[this.#next] ?? 0) + this.#windowMs - nowMs;
    // Longer than the window: the clock was set back, and what was counted lies in the future.
    if (waitMs > this.#windowMs) this.#times.fill(Number.NEGATIVE_INFINITY);
    else if (waitMs > 0) return waitMs;
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#times.length;
    return 0;
  }

  /** True when nothing of it matters any more. */
  isIdle(nowMs: number): boolean {
    const newest = this.#times[(this.#next + this.#times.length - 1) % this.#times.length] ?? 0;
    return newest + this.#windowMs <= nowMs;
  }

  /** How many requests were counted within the window that ends now. */
  used(nowMs: number): number {
    const { length } = this.#times;
    // From where the next one goes on they lie in the order of their time.
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#times[(this.#next + middle) % length] ?? 0;
      if (at + this.#windowMs <= nowMs) low = middle + 1;
      else high = middle;
    }
    return length - low;
  }
}
