import { expect, test } from 'vitest';
import { PayingAttempt } from './paying-attempt.ts';

/** How often it is tried in so many runs. */
function tries(attempt: PayingAttempt, runs: number, succeeds: boolean): number {
  let tried = 0;
  for (let run = 0; run < runs; run += 1) {
    attempt.run(() => {
      tried += 1;
      return succeeds;
    });
  }
  return tried;
}

test('what succeeds is tried each time', () => {
  expect(tries(new PayingAttempt(), 100, true)).toBe(100);
});

test('what fails is tried less and less often, but never given up', () => {
  const attempt = new PayingAttempt();
  // 1 + 1 skipped, 1 + 2, 1 + 4 … 1 + 32: six tries in 69 runs; then one in 65.
  expect(tries(attempt, 69, false)).toBe(6);
  expect(tries(attempt, 65 * 10, false)).toBe(10);
});

test('each success takes a failure back', () => {
  const attempt = new PayingAttempt();
  // Skips 1, 2 and 4.
  expect(tries(attempt, 3 + 7, false)).toBe(3);
  expect(tries(attempt, 2, true)).toBe(2);
  // The next failure is the second one again.
  expect(tries(attempt, 1 + 2, false)).toBe(1);
  expect(tries(attempt, 1, true)).toBe(1);
});
