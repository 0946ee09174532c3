import type { Approval } from '../../../../schema/contract/approval.ts';

interface Question {
  readonly id?: string;
  readonly kind?: Approval['kind'];
  readonly flagged?: boolean;
  /** What there is to look at. */
  readonly text?: string;
  readonly shows?: 'command' | 'diff';
  readonly truncated?: boolean;
}

/** A question that waits: a command, but for what is said otherwise. */
export function question({ id = 'a', kind = 'command', flagged = false, ...rest }: Question = {}): Approval {
  const { text, shows = 'command', truncated = false } = rest;
  return {
    // The brand exists for the compiler only.
    id: id as Approval['id'],
    askedAt: 0,
    expiresAt: 0,
    actor: 'plugin:git',
    syscall: 'git.commit',
    paths: ['secret-project/plan.md'],
    summary: '{"message":"for their eyes"}',
    kind,
    ...(text === undefined ? {} : { details: [{ kind: shows, title: 'what', text, truncated }] }),
    decision: {
      decision: 'require_review',
      via: 'rules',
      rule: 'r',
      reasons: ['a commit carries your name'],
      flagged,
      warnings: [],
    },
  };
}
