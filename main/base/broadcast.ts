import { AsyncChannel } from './async-channel.ts';

/** Thrown to a listener that fell too far behind; it starts over with a fresh picture of the whole. */
export class ListenerLagged extends Error {
  override readonly name = 'ListenerLagged';
}

interface Listener<T> {
  readonly channel: AsyncChannel<T>;
  readonly limit: number;
}

/** Hands each value to everyone who listens; a slow listener never grows the kernel's memory, it is ended with `ListenerLagged`. */
export class Broadcast<T> {
  readonly #listeners = new Set<Listener<T>>();

  get listenerCount(): number {
    return this.#listeners.size;
  }

  publish(value: T): void {
    for (const listener of this.#listeners) {
      if (listener.channel.size < listener.limit) {
        void listener.channel.push(value);
        continue;
      }
      this.#listeners.delete(listener);
      listener.channel.fail(new ListenerLagged('The listener fell too far behind'));
    }
  }

  /** Values published from the call on (not from the first `next`), until the signal aborts. */
  listen(signal: AbortSignal, limit = 1024): AsyncIterable<T> {
    const listener: Listener<T> = { channel: new AsyncChannel<T>(Number.POSITIVE_INFINITY), limit };
    const stop = (): void => {
      this.#listeners.delete(listener);
      listener.channel.close();
    };
    if (signal.aborted) {
      listener.channel.close();
      return listener.channel;
    }
    this.#listeners.add(listener);
    signal.addEventListener('abort', stop, { once: true });
    return listener.channel;
  }
}
