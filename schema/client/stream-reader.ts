/** How many events of a stream may be on their way before the receiver has taken one. */
export const STREAM_WINDOW_EVENTS = 32;

/** The receiving end of one stream: keeps at most one window of events and grants credit as they are taken. */
export class StreamReader<T> implements AsyncIterableIterator<T> {
  readonly #queue: T[] = [];
  readonly #grant: (events: number) => void;
  readonly #cancel: () => void;
  #wake: (() => void) | undefined;
  #taken = 0;
  #ended = false;
  #failure: Error | undefined;

  constructor(options: { grant: (events: number) => void; cancel: () => void }) {
    this.#grant = options.grant;
    this.#cancel = options.cancel;
  }

  receive(event: T): void {
    if (this.#ended) return;
    this.#queue.push(event);
    this.#wake?.();
  }

  end(failure?: Error): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#queue.length === 0) {
      if (this.#failure) {
        const failure = this.#failure;
        this.#failure = undefined;
        throw failure;
      }
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    // The queue is not empty, so shift() gives an element.
    const value = this.#queue.shift() as T;
    this.#taken += 1;
    if (!this.#ended && this.#taken >= STREAM_WINDOW_EVENTS / 2) {
      this.#grant(this.#taken);
      this.#taken = 0;
    }
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    if (!this.#ended) {
      this.#ended = true;
      this.#cancel();
    }
    this.#queue.length = 0;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
