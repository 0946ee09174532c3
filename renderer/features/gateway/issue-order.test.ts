import { expect, test } from 'vitest';
import { type IssueFields, orderOf, shorterThan } from './issue-order.ts';

const FIELDS: IssueFields = { kind: 'namespace', name: ' ci ', owner: ' build ', lifetime: 'week' };

test('what is chosen and typed is an order that the kernel takes, or none', () => {
  expect(orderOf(FIELDS)).toEqual({ scope: 'namespace:ci', owner: 'build', ttlMs: 604_800_000 });
  expect(orderOf({ kind: 'admin', name: 'left over', owner: '', lifetime: 'longest' })).toEqual({ scope: 'admin' });
  const wrong = [{ name: '' }, { name: 'Not Small' }, { owner: '-x' }, { kind: 'session', name: '' }] as const;
  expect(wrong.map((change) => orderOf({ ...FIELDS, ...change }))).toEqual(wrong.map(() => undefined));
});

test('only lives shorter than the longest are offered beside it', () => {
  expect([shorterThan(90 * 86_400_000), shorterThan(3_600_000)]).toEqual([['week', 'day', 'hour'], []]);
});
