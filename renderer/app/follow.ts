import type { Failure } from '../../schema/entities.ts';
import { failureOf } from './failure.ts';

export interface FollowOptions<T> {
  readonly open: (signal: AbortSignal) => AsyncIterable<T>;
  readonly onEvent: (event: T) => void;
  /** The stream broke. It is opened again if it had worked; `final` says that it is not. */
  readonly onFailure?: (failure: Failure, next: 'again' | 'final') => void;
  readonly signal: AbortSignal;
}

const RETRY_DELAY_MS = 500;

/**
 * Reads a stream for as long as the signal lasts. One that worked and then broke (this reader was too slow) is opened
 * again, as its first event is a fresh picture; one that never worked has nobody behind it.
 */
export async function follow<T>(options: FollowOptions<T>): Promise<void> {
  const { signal } = options;
  for (let worked = true; worked && !signal.aborted; ) {
    worked = false;
    try {
      for await (const event of options.open(signal)) {
        if (signal.aborted) return;
        worked = true;
        options.onEvent(event);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      options.onFailure?.(failureOf(thrown), worked ? 'again' : 'final');
    }
    if (worked) await pause(signal);
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
