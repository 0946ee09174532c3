import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RateWindow } from './rate-window.ts';

const WINDOW_MS = 60_000;

test('as many requests as the limit fit into a window, and the next one is told when it fits', () => {
  const window = new RateWindow(100, WINDOW_MS);
  const waits = Array.from({ length: 101 }, (_, index) => window.take(1000 + index * 10));
  expect(waits.slice(0, 100).every((wait) => wait === 0)).toBe(true);
  expect(waits[100]).toBe(59_000);
  expect([window.take(1000 + WINDOW_MS - 1), window.take(1000 + WINDOW_MS)]).toEqual([1, 0]);
});

test('no stretch of a window’s length, wherever it begins, holds more than the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.integer({ min: 0, max: 20_000 })), (limit, pauses) => {
      const window = new RateWindow(limit, WINDOW_MS);
      let nowMs = 0;
      const taken: number[] = [];
      for (const pause of pauses) {
        nowMs += pause;
        const fitting = taken.filter((at) => at > nowMs - WINDOW_MS).length;
        const wait = window.take(nowMs);
        // It is refused exactly where it would be one too many.
        expect(wait > 0).toBe(fitting >= limit);
        if (wait === 0) taken.push(nowMs);
        else expect(taken.filter((at) => at > nowMs + wait - WINDOW_MS).length).toBeLessThan(limit);
      }
    }),
  );
});

test('a clock that is set back does not lock anybody out', () => {
  const window = new RateWindow(2, WINDOW_MS);
  expect([window.take(10 * WINDOW_MS), window.take(10 * WINDOW_MS), window.take(WINDOW_MS)]).toEqual([0, 0, 0]);
});

test('a window is idle when nothing that it counted matters any more', () => {
  const window = new RateWindow(2, WINDOW_MS);
  expect(window.isIdle(0)).toBe(true);
  window.take(5);
  expect([window.isIdle(5), window.isIdle(4 + WINDOW_MS), window.isIdle(5 + WINDOW_MS)]).toEqual([false, false, true]);
});

test('what is used of the window is what was taken within it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.integer({ min: 0, max: 20_000 })), (limit, pauses) => {
      const window = new RateWindow(limit, WINDOW_MS);
      let nowMs = 0;
      const taken: number[] = [];
      for (const pause of pauses) {
        nowMs += pause;
        if (window.take(nowMs) === 0) taken.push(nowMs);
        expect(window.used(nowMs)).toBe(taken.filter((at) => at + WINDOW_MS > nowMs).length);
      }
    }),
  );
});
