import { expect, test } from 'vitest';
import type { Key, KeyId } from '../../../schema/contract/key.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { endsSoon, namedScopeText, scopeText, shownKeys, stateAt, timeText } from './key-text.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

function key(id: string, lifetimeMs: number, state: Key['state'] = 'active'): Key {
  // A brand has no other maker in tests.
  return {
    id: id as KeyId,
    prefix: `cav_${id}`,
    scope: 'admin',
    owner: 'x',
    state,
    issuedAt: 0,
    expiresAt: lifetimeMs,
  };
}

test('a time is said in the greatest whole unit', () => {
  expect([90 * DAY_MS, 2 * DAY_MS, 47 * HOUR_MS, HOUR_MS, 59_999 + 59 * 60_000, 60_000, 59_999].map(timeText)).toEqual([
    '90 days',
    '2 days',
    '47 hours',
    '1 hour',
    '59 minutes',
    '1 minute',
    'less than a minute',
  ]);
});

test('a scope is said in words', () => {
  expect(['admin', 'namespace:ci', 'session:a1', 'model:m/x', 'odd'].map(scopeText)).toEqual([
    'everything',
    'namespace ci',
    'session a1',
    'model m/x',
    'odd',
  ]);
});

test('the session of a scope has its name where it is known', () => {
  const sessions = [{ id: 'a1' as SessionId, name: 'invoices' }];
  expect(['session:a1', 'session:b2', 'admin'].map((scope) => namedScopeText(scope, sessions))).toEqual([
    'session invoices',
    'session b2',
    'everything',
  ]);
});

test('a key is marked in its last week, or the last fifth of a shorter life, and not when it has ended', () => {
  const [long, short] = [key('a', 90 * DAY_MS), key('b', HOUR_MS)];
  expect([83 * DAY_MS - 1, 83 * DAY_MS, 90 * DAY_MS].map((now) => endsSoon(long, now))).toEqual([false, true, false]);
  expect([0.8 * HOUR_MS - 1, 0.8 * HOUR_MS].map((now) => endsSoon(short, now))).toEqual([false, true]);
  expect(endsSoon(key('c', HOUR_MS, 'revoked'), HOUR_MS - 1)).toBe(false);
});

test('a key that expires while it is shown has ended', () => {
  const keys = [key('a', 10), key('b', 20), key('c', 20, 'rotated')];
  expect(stateAt(key('a', 10), 10)).toBe('expired');
  expect(shownKeys(keys, 'in force', 10).map(({ id }) => id)).toEqual(['b']);
  expect(shownKeys(keys, 'all', 10)).toBe(keys);
});
