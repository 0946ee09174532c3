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

test('one success forgets the failures', () => {
  const attempt = new PayingAttempt();
  tries(attempt, 69 + 65, false);
  expect(tries(attempt, 10, true)).toBe(10);
  expect(tries(attempt, 2, false)).toBe(1);
});
