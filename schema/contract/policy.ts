import Type, { type Static } from 'typebox';
import { SessionId, TimeMs, WorkspacePath } from '../entities.ts';
import { Decision, DocumentError, DocumentWarning, Explanation, PolicyAction, PolicyCall, Verdict } from '../policy.ts';
import { area, call, stream } from './contract.ts';

/** A call to try: what is left out is a call without tags out of no container, in mode strict and state idle, now. */
export const TrialCall = Type.Object(
  {
    ...PolicyCall.properties,
    caller: Type.Optional(
      Type.Object({
        container_id: Type.Optional(Type.String()),
        peer_pid: Type.Optional(Type.Integer()),
        tags: Type.Optional(Type.Array(Type.String())),
      }),
    ),
    session: Type.Optional(Type.Object({ mode: Type.Optional(Type.String()), state: Type.Optional(Type.String()) })),
    at: Type.Optional(Type.Number()),
  },
  { additionalProperties: false },
);
export type TrialCall = Static<typeof TrialCall>;

/** Which of the documents: the one that comes along, the operator's in its place, or a workspace's, which can only tighten. */
export const PolicyLayer = Type.Union([Type.Literal('default'), Type.Literal('user'), Type.Literal('workspace')]);
export type PolicyLayer = Static<typeof PolicyLayer>;

/** A document as it lies on the disk now, and whether it is what decides. */
export const LayerDocument = Type.Object({
  layer: PolicyLayer,
  path: Type.String(),
  workspace: Type.Optional(WorkspacePath),
  exists: Type.Boolean(),
  text: Type.String({ description: 'Empty where there is none' }),
  digest: Type.String({ description: 'SHA-256 of the text, to be given back as `base` of an update' }),
  inForce: Type.Boolean({ description: 'This text decides; false for a default that the operator replaced' }),
  lastValid: Type.Boolean({ description: 'The text does not load, and the last one that did is in force' }),
  errors: Type.Array(DocumentError),
  warnings: Type.Array(DocumentWarning),
});
export type LayerDocument = Static<typeof LayerDocument>;

const documents = Type.Object({ documents: Type.Array(LayerDocument) });

/** A call of the audit log that another document would decide otherwise. */
export const ChangedOutcome = Type.Object({
  seq: Type.Integer({ description: 'Of its audit record' }),
  at: TimeMs,
  actor: Type.String(),
  session: Type.Optional(Type.String()),
  syscall: Type.String(),
  path: Type.Optional(Type.String()),
  before: Decision,
  after: Decision,
  breaking: Type.Boolean({ description: 'It was allowed and would be denied' }),
});
export type ChangedOutcome = Static<typeof ChangedOutcome>;

export const PolicyPreview = Type.Object({
  ok: Type.Boolean(),
  errors: Type.Array(DocumentError),
  warnings: Type.Array(DocumentWarning),
  changed: Type.Boolean({ description: 'The text differs from the one in force' }),
  base: Type.String({ description: 'Digest of the document that the text was compared with' }),
  replayed: Type.Integer({ description: 'How many of the last calls were decided again, at most 100' }),
  outcomes: Type.Array(ChangedOutcome, { description: 'Only what changes; breaking ones first' }),
  breaking: Type.Integer(),
  phrase: Type.Union([Type.String(), Type.Null()], {
    description: 'What has to be typed as `confirm`, where more than five outcomes break',
  }),
});
export type PolicyPreview = Static<typeof PolicyPreview>;

/** A document that was in force once. */
export const PolicyVersion = Type.Object({
  id: Type.String({ pattern: '^[0-9]{1,9}$' }),
  at: TimeMs,
  actor: Type.String(),
  note: Type.Optional(Type.String()),
  digest: Type.String(),
  sizeBytes: Type.Integer(),
  inForce: Type.Boolean(),
});
export type PolicyVersion = Static<typeof PolicyVersion>;

/** A rule in words. */
export const RuleSentence = Type.Object({
  name: Type.String(),
  line: Type.Integer(),
  action: PolicyAction,
  sentence: Type.String(),
  reason: Type.Optional(Type.String()),
  warnings: Type.Array(Type.String({ description: 'Messages of the warnings about it' })),
});
export type RuleSentence = Static<typeof RuleSentence>;

/** A capability token as it may be shown: its handle names it and is worth nothing. */
export const TokenView = Type.Object({
  token: Type.String({ pattern: '^[0-9a-f]{12}$' }),
  containerId: Type.String(),
  session: Type.Optional(SessionId),
  peerPid: Type.Integer(),
  syscall: Type.String(),
  pathGlobs: Type.Array(Type.String(), { description: 'Empty: calls without a path' }),
  maxOps: Type.Integer(),
  opsLeft: Type.Integer(),
  endsAt: TimeMs,
});
export type TokenView = Static<typeof TokenView>;

/** A rule that would have let calls through which were recorded; nothing applies it but the operator. */
export const Proposal = Type.Object({
  id: Type.String({ pattern: '^p[0-9]{1,6}$' }),
  verdict: Verdict,
  sentence: Type.String(),
  yaml: Type.String({ description: 'The rule, as it would stand in the document' }),
  calls: Type.Integer(),
  paths: Type.Array(Type.String(), { description: 'Some of those it was made from' }),
  deniedBy: Type.Union([Type.String(), Type.Null()]),
  note: Type.Optional(Type.String({ description: 'Why the rule alone would not be enough' })),
});
export type Proposal = Static<typeof Proposal>;

/** What a session in record mode has collected. */
export const Recording = Type.Object({
  session: SessionId,
  state: Type.Union([Type.Literal('recording'), Type.Literal('stopped')]),
  startedAt: TimeMs,
  endsAt: TimeMs,
  calls: Type.Integer(),
  proposals: Type.Array(Proposal),
});
export type Recording = Static<typeof Recording>;

const UPDATE_FAULTS = ['policy_invalid', 'policy_changed', 'confirmation_needed', 'storage_failed'] as const;
const updateOptions = {
  base: Type.Optional(
    Type.String({ description: 'Digest of the document that was edited; another one in force refuses the update' }),
  ),
  confirm: Type.Optional(Type.String({ description: 'The phrase that the preview asks for' })),
  note: Type.Optional(Type.String({ maxLength: 200 })),
};
const updateOutput = Type.Object({ changed: Type.Boolean(), version: PolicyVersion });

export const policy = area('policy', {
  show: call({
    about: 'Show the policy in force, where it comes from and what is wrong with it',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({
      source: Type.String(),
      text: Type.String(),
      loaded: Type.Boolean(),
      errors: Type.Array(DocumentError),
      warnings: Type.Array(DocumentWarning),
    }),
    faults: [],
  }),
  check: call({
    about: 'Check a policy document; nothing changes',
    effect: 'read',
    always: true,
    input: Type.Object({ text: Type.String() }),
    output: Type.Object({
      ok: Type.Boolean(),
      errors: Type.Array(DocumentError),
      warnings: Type.Array(DocumentWarning),
    }),
    faults: [],
  }),
  explain: call({
    about: 'Show what would be decided about a call and every rule that was considered',
    effect: 'read',
    always: true,
    input: Type.Object({
      call: TrialCall,
      text: Type.Optional(Type.String({ description: 'Another document than the one in force' })),
      session: Type.Optional(SessionId),
    }),
    output: Explanation,
    faults: ['policy_invalid'],
  }),
  test: call({
    about: 'Run a file of policy cases; nothing changes',
    effect: 'read',
    always: true,
    input: Type.Object({ text: Type.String() }),
    output: Type.Object({
      passed: Type.Integer(),
      failed: Type.Integer(),
      cases: Type.Array(
        Type.Object({ id: Type.String(), ok: Type.Boolean(), got: Type.Unknown(), expected: Type.Unknown() }),
      ),
    }),
    faults: ['cases_invalid'],
  }),
  documents: call({
    about: "List the documents: the one that comes along, the operator's, those of workspaces with sessions",
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: documents,
    faults: [],
  }),
  watch: stream({
    about: 'Follow the documents as they are edited; the first event comes at once',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: documents,
    faults: [],
  }),
  sentences: call({
    about: 'Say each rule of a document in words',
    effect: 'read',
    always: true,
    input: Type.Object({ text: Type.Optional(Type.String({ description: 'The document in force, unless given' })) }),
    output: Type.Object({ rules: Type.Array(RuleSentence), closing: Type.String() }),
    faults: ['policy_invalid'],
  }),
  preview: call({
    about: 'Show what a new document would change: the last 100 calls decided again; nothing changes',
    effect: 'read',
    always: true,
    input: Type.Object({ text: Type.String() }),
    output: PolicyPreview,
    faults: [],
  }),
  update: call({
    about: "Put a new document in the place of the operator's",
    effect: 'grant',
    always: true,
    records: { before: 'policy_intended', after: 'policy_changed' },
    input: Type.Object({ text: Type.String(), ...updateOptions }),
    output: updateOutput,
    faults: UPDATE_FAULTS,
  }),
  history: call({
    about: 'List the documents that were in force, the newest first',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ versions: Type.Array(PolicyVersion) }),
    faults: [],
  }),
  version: call({
    about: 'Show a document that was in force',
    effect: 'read',
    always: true,
    input: Type.Object({ version: PolicyVersion.properties.id }),
    output: Type.Object({ version: PolicyVersion, text: Type.String() }),
    faults: [],
  }),
  restore: call({
    about: 'Put an earlier document back in force; judged as policy.update',
    effect: 'grant',
    always: true,
    records: { before: 'policy_intended', after: 'policy_changed' },
    input: Type.Object({ version: PolicyVersion.properties.id, ...updateOptions }),
    output: updateOutput,
    faults: UPDATE_FAULTS,
  }),
  tokens: call({
    about: 'List the capability tokens that are worth something now',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ tokens: Type.Array(TokenView) }),
    faults: [],
  }),
  revokeToken: call({
    about: 'End a capability token at once',
    effect: 'write',
    irreversible: true,
    always: true,
    input: Type.Object({ token: TokenView.properties.token }),
    output: Type.Object({}),
    faults: [],
  }),
  record: call({
    about: "Let a session's tools through for a time and collect what the policy would have stopped",
    effect: 'grant',
    input: Type.Object({
      session: SessionId,
      minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 240, description: '60 unless given' })),
    }),
    output: Recording,
    faults: ['session_not_running'],
  }),
  stopRecording: call({
    about: 'End record mode; what was collected stays to be looked at until the session ends',
    effect: 'write',
    always: true,
    input: Type.Object({ session: SessionId }),
    output: Recording,
    faults: [],
  }),
  recordings: call({
    about: 'Show what sessions in record mode have collected, with the rules it would take',
    effect: 'read',
    always: true,
    input: Type.Object({ session: Type.Optional(SessionId) }),
    output: Type.Object({ recordings: Type.Array(Recording) }),
    faults: [],
  }),
  adopt: call({
    about: 'Write a proposed rule into a text of the document; it is in force only after an update with that text',
    effect: 'read',
    always: true,
    input: Type.Object({
      session: SessionId,
      proposal: Proposal.properties.id,
      text: Type.Optional(Type.String({ description: 'The document in force, unless given' })),
    }),
    output: Type.Object({ text: Type.String() }),
    faults: ['policy_invalid'],
  }),
  extensions: call({
    about: 'Show the extension rules: where they come from, whether they answer, how long they take',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({
      folder: Type.String(),
      state: Type.Union([Type.Literal('none'), Type.Literal('ready'), Type.Literal('failed')]),
      rules: Type.Array(Type.String()),
      problem: Type.Union([Type.String(), Type.Null()], { description: 'Why the files there now are not in force' }),
      restarts: Type.Integer({ description: 'How often they had to be started again' }),
      lastMs: Type.Union([Type.Number(), Type.Null()], { description: 'How long the last answer took' }),
    }),
    faults: [],
  }),
});
