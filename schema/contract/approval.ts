import Type, { type Static } from 'typebox';
import { ApprovalId, GrantId, SessionId, TimeMs } from '../entities.ts';
import { Decision } from '../policy.ts';
import { area, call, stream } from './contract.ts';

/** A call that waits for a person. */
export const Approval = Type.Object({
  id: ApprovalId,
  askedAt: TimeMs,
  expiresAt: TimeMs,
  actor: Type.String({ description: 'Who asks: operator, plugin:<id>, key:<id>, agent:<id>' }),
  session: Type.Optional(SessionId),
  syscall: Type.String(),
  paths: Type.Array(Type.String()),
  summary: Type.String({ description: 'What will happen, redacted' }),
  decision: Decision,
});
export type Approval = Static<typeof Approval>;

export const Grant = Type.Object({
  id: GrantId,
  session: SessionId,
  syscall: Type.String(),
  rule: Type.String({ description: 'The rule whose request for review it answers' }),
  grantedAt: TimeMs,
});
export type Grant = Static<typeof Grant>;

export const approval = area('approval', {
  list: call({
    about: 'List what waits for an answer and the standing answers',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ approvals: Type.Array(Approval), grants: Type.Array(Grant) }),
    faults: [],
  }),
  watch: stream({
    about: 'Follow what waits for an answer; the first event comes at once',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: Type.Object({ approvals: Type.Array(Approval), grants: Type.Array(Grant) }),
    faults: [],
  }),
  decide: call({
    about: 'Answer a request for review: once, for the rest of its session, or deny',
    effect: 'grant',
    input: Type.Object({
      approval: ApprovalId,
      answer: Type.Union([Type.Literal('once'), Type.Literal('session'), Type.Literal('deny')]),
      reason: Type.Optional(Type.String({ maxLength: 500 })),
    }),
    output: Type.Object({}),
    faults: ['no_session'],
  }),
  revoke: call({
    about: 'Withdraw a standing answer',
    effect: 'write',
    always: true,
    input: Type.Object({ grant: GrantId }),
    output: Type.Object({}),
    faults: [],
  }),
});
