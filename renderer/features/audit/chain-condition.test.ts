import { expect, test } from 'vitest';
import { chainCondition } from './chain-condition.ts';

const ended = { endedAt: 5, done: 9, total: 9, firstBad: null };

test('a broken chain is said, and stays said while it is verified again', () => {
  const firstBad = { seq: 7, problem: 'hash' } as const;
  const found = chainCondition({ startVerified: false, verification: { ...ended, firstBad } });
  expect(found).toEqual({
    tone: 'bad',
    text: 'The chain is broken at record 7: its hash does not fit what it says.',
    badSeq: 7,
  });
  const again = chainCondition({ startVerified: false, verification: { ...ended, endedAt: null } });
  expect(again.tone).toBe('bad');
});

test('a chain is intact when all of it was verified, not before', () => {
  expect(chainCondition({ startVerified: true, verification: null }).tone).toBe('pending');
  expect(chainCondition({ startVerified: true, verification: { ...ended, endedAt: null } }).tone).toBe('pending');
  expect(chainCondition({ startVerified: true, verification: ended }).tone).toBe('good');
});
