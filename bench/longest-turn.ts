import { setTimeout as delay } from 'node:timers/promises';

/** How long the event loop was held at most while the work ran, in milliseconds. */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0;
  let lastMs = performance.now();
  let next = setImmediate(turn);
  function turn(): void {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    next = setImmediate(turn);
  }
  await work();
  clearImmediate(next);
  return longestMs;
}

const IDLE_MS = 500;

/** The same while nothing is done: what other programs on the machine take. */
export function longestIdleTurn(): Promise<number> {
  return longestTurn(() => delay(IDLE_MS));
}
