/** How much may be spent at once, and how much of it comes back in a second. */
export interface BudgetLimits {
  readonly burst: number;
  readonly perSecond: number;
}

/** A token bucket that may be overdrawn: who has spent too much waits until it is paid back. */
export class Budget {
  readonly #limits: BudgetLimits;
  #left: number;
  #atMs: number;

  constructor(limits: BudgetLimits, nowMs: number) {
    this.#limits = limits;
    this.#left = limits.burst;
    this.#atMs = nowMs;
  }

  /** Spends, also what is not there. Gives after how many milliseconds it is paid back; 0 while the budget lasts. */
  spend(cost: number, nowMs: number): number {
    this.#refill(nowMs);
    this.#left -= cost;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left / this.#limits.perSecond) * 1000);
  }

  /** Whether nothing of it is spent: to forget it changes nothing. */
  isWhole(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#left === this.#limits.burst;
  }

  /** A clock that is set back gives nothing, and takes nothing. */
  #refill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    this.#left = Math.min(this.#limits.burst, this.#left + (passedMs / 1000) * this.#limits.perSecond);
  }
}
