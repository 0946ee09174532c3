import { describe, expect, test } from 'vitest';
import type { Approval } from '../../../../schema/contract/approval.ts';
import { en } from '../messages/en.ts';
import { ApprovalNotices, type Notice } from './approval-notices.ts';
import { question } from './question.fixture.ts';

interface Desktop {
  readonly log: string[];
  readonly notices: Notice[];
  readonly answers: string[];
}

/** What the desktop showed and withdrew while these pictures came. */
function desktopAfter(
  pictures: Approval[][],
  state: 'hidden' | 'in sight' = 'hidden',
  detail: 'off' | 'brief' | 'full' = 'brief',
): Desktop {
  const desktop: Desktop = { log: [], notices: [], answers: [] };
  const notices = new ApprovalNotices({
    detail: () => detail,
    messages: () => en,
    isHidden: () => state === 'hidden',
    show(notice) {
      desktop.notices.push(notice);
      desktop.log.push(`${notice.title} | ${notice.body} | ${notice.actions.map(({ label }) => label).join()}`);
      return { [Symbol.dispose]: () => void desktop.log.push('withdrawn') };
    },
    reveal: (id) => void desktop.answers.push(`show ${id}`),
    answer: (id, answer) => void desktop.answers.push(`${answer} ${id}`),
    redact: (text) => text.replaceAll('hunter2', '[redacted]'),
  });
  for (const approvals of pictures) notices.update(approvals);
  return desktop;
}

describe('a notice', () => {
  test('stands for all questions and goes with the last of them', () => {
    const [a, b] = [question({ id: 'a' }), question({ id: 'b' })];
    expect(desktopAfter([[], [a], [a, b], [b], []]).log).toEqual([
      'A question waits for you | git.commit: a commit carries your name | Deny',
      'withdrawn',
      '2 questions wait for you | git.commit: a commit carries your name | ',
      'withdrawn',
    ]);
  });

  test('is not needed by a window that is looked at, nor shown where it is turned off', () => {
    expect(desktopAfter([[question()]], 'in sight').log).toEqual([]);
    expect(desktopAfter([[question()]], 'hidden', 'off').log).toEqual([]);
  });

  test('holds neither paths nor contents unless the settings allow it, and never a secret', () => {
    const command = question({ text: 'deploy --password hunter2' });
    expect(desktopAfter([[command]]).log.join()).not.toMatch(/plan|eyes|deploy/);
    expect(desktopAfter([[command]], 'hidden', 'full').notices[0]?.body).toBe(
      'git.commit: a commit carries your name\ndeploy --password [redacted]',
    );
  });

  test('leads to its question, and can deny it', () => {
    const { notices, answers } = desktopAfter([[question()]]);
    notices[0]?.onClick();
    notices[0]?.actions[0]?.act();
    expect(answers).toEqual(['show a', 'deny a']);
  });
});

describe('approving from a notice', () => {
  const labels = (approval: Approval, detail: 'brief' | 'full' = 'full') =>
    desktopAfter([[approval]], 'hidden', detail).notices[0]?.actions.map(({ label }) => label);

  test('is possible where all of the call is in sight', () => {
    const { notices, answers } = desktopAfter([[question({ text: 'npm test' })]], 'hidden', 'full');
    notices[0]?.actions[0]?.act();
    expect(answers).toEqual(['once a']);
  });

  test('is not possible for what was not shown whole, or has to be looked at', () => {
    const blind: Approval[] = [
      question({ text: 'a'.repeat(161) }),
      question({ text: 'first\nsecond' }),
      question({ text: 'rm', truncated: true }),
      question({ text: '--- a/plan.md', shows: 'diff' }),
      question({ text: 'npm test', flagged: true }),
      question({ text: 'npm test', kind: 'merge' }),
      question({ text: 'npm test', kind: 'policy' }),
      question({ text: 'npm test', kind: 'plugin' }),
    ];
    expect(blind.map((approval) => labels(approval))).toEqual(blind.map(() => ['Deny']));
    expect(labels(question({ text: 'npm test' }), 'brief')).toEqual(['Deny']);
  });
});
