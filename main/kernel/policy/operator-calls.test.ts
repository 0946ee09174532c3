import { expect, test } from 'vitest';
import { OPERATOR_CALLS } from './operator-calls.ts';

test('the closed list of the operator holds nothing that lets something happen', () => {
  const granting = [
    'session.create',
    'session.resume',
    'terminal.open',
    'tool.call',
    'merge.apply',
    'approval.decide',
    'sandbox.exec',
    'app.configure',
  ];
  expect(granting.filter((name) => OPERATOR_CALLS.has(name))).toEqual([]);
  expect(
    ['session.list', 'sandbox.stop', 'changes.discard', 'sandbox.prune', 'approval.revoke', 'policy.check'].every(
      (name) => OPERATOR_CALLS.has(name),
    ),
  ).toBe(true);
});
