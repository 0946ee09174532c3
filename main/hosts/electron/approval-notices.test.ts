import { expect, test } from 'vitest';
import type { Approval } from '../../../schema/contract/approval.ts';
import { noticeApprovals } from './approval-notices.ts';

function question(id: string): Approval {
  return {
    // The brand exists for the compiler only.
    id: id as Approval['id'],
    askedAt: 0,
    expiresAt: 0,
    actor: 'plugin:git',
    syscall: 'git.commit',
    paths: ['secret-project/plan.md'],
    summary: '{"message":"for their eyes"}',
    decision: {
      decision: 'require_review',
      via: 'rules',
      rule: 'r',
      reasons: ['a commit carries your name'],
      flagged: false,
      warnings: [],
    },
  };
}

/** What the desktop showed and withdrew while these pictures came. */
async function noticesOf(pictures: Approval[][], state: 'hidden' | 'in sight'): Promise<string[]> {
  const log: string[] = [];
  async function* questions() {
    for (const approvals of pictures) yield { approvals };
  }
  await noticeApprovals({
    questions: questions(),
    isHidden: () => state === 'hidden',
    show({ title, body }) {
      log.push(`${title} | ${body}`);
      return { [Symbol.dispose]: () => void log.push('withdrawn') };
    },
    reveal: () => undefined,
  });
  return log;
}

test('one notice stands for all questions and goes with the last of them', async () => {
  expect(await noticesOf([[], [question('a')], [question('a'), question('b')], [question('b')], []], 'hidden')).toEqual(
    [
      'A question waits for you | git.commit: a commit carries your name',
      'withdrawn',
      '2 questions wait for you | git.commit: a commit carries your name',
      'withdrawn',
    ],
  );
});

test('a window that is looked at needs no notice', async () => {
  expect(await noticesOf([[question('a')]], 'in sight')).toEqual([]);
});

test('neither paths nor contents reach the desktop', async () => {
  expect((await noticesOf([[question('a')]], 'hidden')).join()).not.toMatch(/plan|eyes/);
});
