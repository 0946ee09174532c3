const MOST_SKIPPED = 64;

/**
 * Something that costs time and is worth it while it mostly succeeds. After a failure it is left out once, after each
 * further one twice as often, up to 64 times; each success takes one failure back.
 */
export class PayingAttempt {
  #toSkip = 0;
  #skipNext = 1;

  /** Whether it was tried and succeeded. */
  run(attempt: () => boolean): boolean {
    if (this.#toSkip > 0) {
      this.#toSkip -= 1;
      return false;
    }
    const succeeded = attempt();
    if (!succeeded) this.#toSkip = this.#skipNext;
    this.#skipNext = succeeded ? Math.max(this.#skipNext / 2, 1) : Math.min(this.#skipNext * 2, MOST_SKIPPED);
    return succeeded;
  }
}
