import { expect, test } from 'vitest';
import type { Approval } from '../../../schema/contract/approval.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { groupApprovals, mayAnswer, neighbour, shownApproval } from './approval-groups.ts';

function question(id: string, part: Partial<Approval> = {}): Approval {
  const decision = { decision: 'require_review', via: 'rules', rule: 'r', flagged: false } as const;
  return {
    // The brand exists for the compiler only.
    id: id as Approval['id'],
    askedAt: 0,
    expiresAt: 0,
    actor: 'operator',
    syscall: 'fs.write',
    paths: [],
    summary: '',
    decision: { ...decision, reasons: [], warnings: [] },
    ...part,
  };
}

const asked = [question('a', { kind: 'files' }), question('b', { kind: 'policy' }), question('c', { kind: 'files' })];
const groups = groupApprovals(asked);

test('questions stand by kind, in the order of asking', () => {
  expect(groups.map(({ kind, approvals }) => [kind, approvals.map(({ id }) => id)])).toEqual([
    ['policy', ['b']],
    ['files', ['a', 'c']],
  ]);
});

test('those of the session that is looked at come before all others', () => {
  // The brand exists for the compiler only.
  const here = 's1' as SessionId;
  const mine = question('d', { kind: 'other', session: here });
  const places = groupApprovals([...asked, mine], here).map(({ place, kind }) => [place, kind]);
  expect(places).toEqual([
    ['here', 'other'],
    ['elsewhere', 'policy'],
    ['elsewhere', 'files'],
  ]);
});

test('the next question is shown when the chosen one is gone', () => {
  expect(shownApproval(groups, asked[2]?.id)?.id).toBe('c');
  expect(shownApproval(groups, question('gone').id)?.id).toBe('b');
  expect(shownApproval([], undefined)).toBeUndefined();
});

test('arrows go through the groups and end at the ends', () => {
  expect(neighbour(groups, question('b'), 1)?.id).toBe('a');
  expect(neighbour(groups, question('b'), -1)).toBeUndefined();
  expect(neighbour(groups, question('c'), 1)).toBeUndefined();
});

test('a change of the policy can only be answered once', () => {
  expect(mayAnswer(question('a', { answers: [] }), 'until')).toBe(false);
  expect(mayAnswer(question('a', { answers: ['until'] }), 'until')).toBe(true);
});
