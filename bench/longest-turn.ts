import { setTimeout as delay } from 'node:timers/promises';
import { threadTimeMs } from './thread-time.ts';

/**
 * How much of the processor's time the thread took at most in one turn of its event loop while the work ran, in
 * milliseconds. What other programs take meanwhile is not in it; garbage collection is.
 */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0;
  let lastMs = threadTimeMs();
  let next = setImmediate(turn);
  function turn(): void {
    const nowMs = threadTimeMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    next = setImmediate(turn);
  }
  await work();
  clearImmediate(next);
  return longestMs;
}

const IDLE_MS = 500;

/** The same while nothing is done. */
export function longestIdleTurn(): Promise<number> {
  return longestTurn(() => delay(IDLE_MS));
}
