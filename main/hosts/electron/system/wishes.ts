import type { WishEvent } from '../../../../schema/contract/window.ts';
import { AsyncChannel } from '../../../base/async-channel.ts';

/** More than a person makes; a program that starts us again and again fills nothing. */
const LIMIT = 8;

/** What the desktop wants to be shown, for the page of one window. What comes before the page listens waits for it. */
export class Wishes {
  #early: WishEvent[] = [];
  #listener: AsyncChannel<WishEvent> | undefined;

  make(event: WishEvent): void {
    if (this.#listener === undefined) this.#early = [...this.#early, event].slice(-LIMIT);
    else if (this.#listener.size < LIMIT) void this.#listener.push(event);
  }

  /** Until the signal aborts, or another page of the window listens. */
  async *listen(signal: AbortSignal): AsyncGenerator<WishEvent, void, undefined> {
    this.#listener?.close();
    const channel = new AsyncChannel<WishEvent>(Number.POSITIVE_INFINITY);
    this.#listener = channel;
    for (const event of this.#early) void channel.push(event);
    this.#early = [];
    const close = (): void => channel.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      if (!signal.aborted) yield* channel;
    } finally {
      signal.removeEventListener('abort', close);
      if (this.#listener === channel) this.#listener = undefined;
    }
  }
}
