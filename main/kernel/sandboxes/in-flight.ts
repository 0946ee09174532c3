/** Work that has begun and not ended. Closing gives it up and waits until it has cleaned up after itself. */
export class InFlight implements AsyncDisposable {
  readonly #closing = new AbortController();
  readonly #work = new Set<Promise<unknown>>();

  /** Aborts with the caller's signal, and when this is closed. */
  signalFor(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closing.signal]);
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async track<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work);
    try {
      return await work;
    } finally {
      this.#work.delete(work);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    // What ends may have begun something else: to take away what it had made.
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }
}
