import { expect, test } from 'vitest';
import type { Approval } from '../../../schema/contract/approval.ts';
import { approvalText } from './approval-text.ts';

function asked(syscall: string, summary: string): Approval {
  const decision = {
    decision: 'require_review',
    via: 'rules',
    rule: 'r',
    reasons: [],
    flagged: false,
    warnings: [],
  } as const;
  const id = 'a1' as Approval['id'];
  return {
    id,
    askedAt: 0,
    expiresAt: 0,
    actor: 'operator',
    syscall,
    paths: [],
    summary,
    decision: { ...decision, reasons: [], warnings: [] },
  };
}

test('a tool’s input is shown field by field, without what says nothing', () => {
  const summary = JSON.stringify({
    session: 's',
    name: 'git.commit',
    input: { message: 'first', all: true, amend: false, repository: '.' },
  });
  expect(approvalText(asked('git.commit', summary))).toEqual({
    title: 'Run git.commit',
    details: [
      { name: 'message', value: 'first' },
      { name: 'all', value: 'true' },
    ],
  });
});

test('a call of the contract has its own words', () => {
  expect(approvalText(asked('merge.apply', '{"session":"s"}')).title).toBe('Merge changes into the folder');
});

test('a summary that was cut is shown as it is', () => {
  expect(approvalText(asked('fs.write', '{"session":"s","name":"fs.wri'))).toEqual({
    title: '{"session":"s","name":"fs.wri',
    details: [],
  });
});
