import Type, { type Static } from 'typebox';
import { ApprovalId, GrantId, SessionId, TimeMs } from '../entities.ts';
import { Decision } from '../policy.ts';
import { area, call, stream } from './contract.ts';

/** What a question is about, for grouping. */
export const ApprovalKind = Type.Union([
  Type.Literal('files'),
  Type.Literal('git'),
  Type.Literal('command'),
  Type.Literal('merge'),
  Type.Literal('network'),
  Type.Literal('policy'),
  Type.Literal('plugin'),
  Type.Literal('other'),
]);
export type ApprovalKind = Static<typeof ApprovalKind>;

/** What there is to look at before an answer; redacted, and cut where it is long. */
export const ApprovalDetail = Type.Object({
  kind: Type.Union([Type.Literal('command'), Type.Literal('diff'), Type.Literal('text')]),
  title: Type.String({ description: 'A path, or what the text is' }),
  text: Type.String(),
  truncated: Type.Boolean(),
});
export type ApprovalDetail = Static<typeof ApprovalDetail>;

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
  kind: Type.Optional(ApprovalKind),
  details: Type.Optional(Type.Array(ApprovalDetail)),
  /** Which answers may be given beside `once` and `deny`: a change of the policy is asked about each time. */
  answers: Type.Optional(Type.Array(Type.String())),
  suggestedGlob: Type.Optional(Type.String({ description: 'A path pattern that covers the question’s paths' })),
});
export type Approval = Static<typeof Approval>;

/** How far a standing answer goes: the rest of the session, paths of a pattern in it, or everything of its kind until a time. */
export const GrantScope = Type.Union([Type.Literal('session'), Type.Literal('pattern'), Type.Literal('until')]);
export type GrantScope = Static<typeof GrantScope>;

export const Grant = Type.Object({
  id: GrantId,
  /** Absent: for calls that belong to no session. */
  session: Type.Optional(SessionId),
  syscall: Type.String(),
  rule: Type.String({ description: 'The rule whose request for review it answers' }),
  grantedAt: TimeMs,
  scope: GrantScope,
  actor: Type.String({ description: 'Whose calls it answers' }),
  pathGlob: Type.Optional(Type.String()),
  expiresAt: TimeMs,
  uses: Type.Integer({ description: 'How many calls it has answered' }),
});
export type Grant = Static<typeof Grant>;

export const approval = area('approval', {
  list: call({
    about: 'List what waits for an answer and the standing answers',
    effect: 'read',
    http: { method: 'GET', path: '/approvals' },
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
    about: 'Answer a request for review: once, for its session, for paths of a pattern, until a time, or deny',
    effect: 'grant',
    http: { method: 'POST', path: '/approvals/{approval}/decide' },
    input: Type.Object({
      approval: ApprovalId,
      answer: Type.Union([
        Type.Literal('once'),
        Type.Literal('session'),
        Type.Literal('pattern'),
        Type.Literal('until'),
        Type.Literal('deny'),
      ]),
      pathGlob: Type.Optional(
        Type.String({ minLength: 1, maxLength: 1024, description: 'For `pattern`: picomatch, as in the policy' }),
      ),
      until: Type.Optional(TimeMs),
      reason: Type.Optional(Type.String({ maxLength: 500 })),
    }),
    output: Type.Object({}),
    faults: ['no_session', 'not_grantable', 'invalid_pattern'],
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
