import { Fault } from '../../schema/fault.ts';
import { failureOf } from './failure.ts';
import type { Failure } from '../../schema/entities.ts';

export interface FollowOptions<T> {
  readonly open: (signal: AbortSignal) => AsyncIterable<T>;
  readonly onEvent: (event: T) => void;
  /** Called when the stream broke; it is opened again unless the connection itself is gone. */
  readonly onFailure?: (failure: Failure) => void;
  readonly signal: AbortSignal;
}

const RETRY_DELAY_MS = 500;

/** Reads a stream for as long as the signal lasts. A stream that broke is opened again: its first event is a fresh picture. */
export async function follow<T>(options: FollowOptions<T>): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    try {
      for await (const event of options.open(signal)) {
        if (signal.aborted) return;
        options.onEvent(event);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      options.onFailure?.(failureOf(thrown));
      if (thrown instanceof Fault && thrown.code === 'disconnected') return;
    }
    await pause(signal);
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, RETRY_DELAY_MS);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
