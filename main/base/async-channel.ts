/**
 * A bounded queue between a producer and one consumer. `push` resolves once there is room, so that a slow consumer slows
 * the producer instead of growing memory. After `close` what is queued is still delivered; after `fail` it is dropped.
 */
export class AsyncChannel<T> implements AsyncIterable<T>, Disposable {
  readonly #queue: T[] = [];
  readonly #limit: number;
  #waitingConsumer: (() => void) | undefined;
  readonly #waitingProducers: (() => void)[] = [];
  #closed = false;
  #failure: Error | undefined;

  constructor(limit = 64) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#queue.length;
  }

  get closed(): boolean {
    return this.#closed;
  }

  async push(value: T): Promise<void> {
    if (this.#closed) return;
    this.#queue.push(value);
    this.#waitingConsumer?.();
    if (this.#queue.length >= this.#limit) await new Promise<void>((resolve) => this.#waitingProducers.push(resolve));
  }

  close(): void {
    this.#closed = true;
    this.#wakeAll();
  }

  fail(cause: Error): void {
    this.#failure = cause;
    this.#queue.length = 0;
    this.close();
  }

  [Symbol.dispose](): void {
    this.#queue.length = 0;
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        while (this.#queue.length > 0) {
          // The queue is not empty, so shift() gives an element, which may itself be undefined.
          const value = this.#queue.shift() as T;
          if (this.#queue.length < this.#limit) this.#waitingProducers.shift()?.();
          yield value;
        }
        if (this.#failure) throw this.#failure;
        if (this.#closed) return;
        await new Promise<void>((resolve) => {
          this.#waitingConsumer = resolve;
        });
        this.#waitingConsumer = undefined;
      }
    } finally {
      this[Symbol.dispose]();
    }
  }

  #wakeAll(): void {
    this.#waitingConsumer?.();
    for (const wake of this.#waitingProducers.splice(0)) wake();
  }
}
