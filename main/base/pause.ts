import type { Clock } from './clock.ts';

/** Resolves after so long, or as soon as the signal aborts; nothing of it is left then. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = clock.setTimer(delayMs, end);
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      timer[Symbol.dispose]();
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
}
