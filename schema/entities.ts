import Type, { type Static } from 'typebox';
import { RelativePath } from './relative-path.ts';

/** Ids are short, lower-case and safe in file names, labels and socket paths. */
const id = <B extends string>(about: string) =>
  Type.Unsafe<string & { readonly __brand: B }>({
    type: 'string',
    pattern: '^[a-z0-9][a-z0-9-]{0,31}$',
    description: about,
    examples: ['k3v9mzq7xa'],
  });

export const SessionId = id<'session'>('A session');
export type SessionId = Static<typeof SessionId>;
export const SandboxId = id<'sandbox'>('A sandbox');
export type SandboxId = Static<typeof SandboxId>;
export const TerminalId = id<'terminal'>('A terminal');
export type TerminalId = Static<typeof TerminalId>;
export const ApprovalId = id<'approval'>('A request for review');
export type ApprovalId = Static<typeof ApprovalId>;
export const GrantId = id<'grant'>('A standing answer to requests for review');
export type GrantId = Static<typeof GrantId>;
export const ActId = id<'act'>('An act; ties its audit records together');
export type ActId = Static<typeof ActId>;

export const SnapshotId = id<'snapshot'>('A kept state of a session');
export type SnapshotId = Static<typeof SnapshotId>;
export const CommentId = id<'comment'>('A comment on a line of a change');
export type CommentId = Static<typeof CommentId>;

export const TaskId = id<'task'>('A task of the scheduler');
export type TaskId = Static<typeof TaskId>;
export const ScheduleId = id<'schedule'>('A schedule');
export type ScheduleId = Static<typeof ScheduleId>;

export const TimeMs = Type.Integer({
  minimum: 0,
  description: 'Milliseconds since 1970-01-01 UTC',
  examples: [1_790_000_000_000],
});
export const DurationMs = Type.Integer({ minimum: 0, description: 'Milliseconds', examples: [1240] });
export const WorkspacePath = Type.String({
  minLength: 1,
  maxLength: 4096,
  description: 'An absolute path of a folder on this machine',
  examples: ['/home/me/project'],
});
export const ProfileName = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'A sandbox profile',
  examples: ['workspace'],
});
export const ToolName = Type.String({
  pattern: '^[a-z][a-z0-9_-]*(\\.[a-z][a-z0-9_-]*)+$',
  maxLength: 128,
  description: 'A tool, such as fs.read',
  examples: ['fs.read'],
});

/** What a person reads when something failed: what happened, why, what to do. */
export const Failure = Type.Object({
  code: Type.String(),
  message: Type.String(),
  why: Type.Optional(Type.String()),
  fix: Type.Optional(Type.String()),
});
export type Failure = Static<typeof Failure>;

/** One step of a start, with what it took. */
/** A part of a start. Several may be under way at the same time. */
export const Phase = Type.Object({
  name: Type.String(),
  durationMs: DurationMs,
  state: Type.Optional(
    Type.Union([Type.Literal('working'), Type.Literal('failed')], { description: 'Absent: it is done' }),
  ),
  startedAt: Type.Optional(TimeMs),
  detail: Type.Optional(Type.String({ description: 'What it is at' })),
  share: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'How much of it is done' })),
});
export type Phase = Static<typeof Phase>;

export const SandboxState = Type.Union([
  Type.Literal('creating'),
  Type.Literal('running'),
  Type.Literal('stopping'),
  Type.Literal('destroyed'),
  Type.Literal('failed'),
]);
export type SandboxState = Static<typeof SandboxState>;

export const Sandbox = Type.Object({
  id: SandboxId,
  session: SessionId,
  profile: ProfileName,
  state: SandboxState,
  engine: Type.String(),
  containerId: Type.Optional(Type.String()),
  image: Type.String(),
  createdAt: TimeMs,
  readyAt: Type.Optional(TimeMs),
  phases: Type.Array(Phase),
  pausedAt: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'Since when all in it stands still, by hand; milliseconds since 1970 UTC',
    }),
  ),
  failure: Type.Optional(Failure),
});
export type Sandbox = Static<typeof Sandbox>;

/** What whoever started a sandbox takes away from its profile; what is left out is as the profile says. */
export const SandboxLimits = Type.Object(
  {
    cpus: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1024, examples: [2] })),
    memoryBytes: Type.Optional(Type.Integer({ minimum: 16 * 1024 * 1024, examples: [1_073_741_824] })),
    diskBytes: Type.Optional(Type.Integer({ minimum: 1024 * 1024 })),
    timeLimitMs: Type.Optional(Type.Integer({ minimum: 1000, description: 'The sandbox is ended after this' })),
    idleLimitMs: Type.Optional(
      Type.Integer({ minimum: 1000, description: 'The sandbox is ended when nothing used it for this long' }),
    ),
  },
  { additionalProperties: false },
);
export type SandboxLimits = Static<typeof SandboxLimits>;

export const SessionState = Type.Union([
  Type.Literal('starting'),
  Type.Literal('running'),
  Type.Literal('stopping'),
  Type.Literal('stopped'),
  Type.Literal('failed'),
]);
export type SessionState = Static<typeof SessionState>;

export const Session = Type.Object({
  id: SessionId,
  name: Type.String(),
  workspace: WorkspacePath,
  profile: ProfileName,
  cave: Type.Optional(Type.String({ description: 'The sandbox of cave.yaml that it was started as' })),
  namespace: Type.Optional(Type.String({ description: 'Of a sandbox that a program started, beside its name' })),
  limits: Type.Optional(SandboxLimits),
  state: SessionState,
  sandbox: Type.Optional(SandboxId),
  createdAt: TimeMs,
  changedAt: TimeMs,
  archivedAt: Type.Optional(TimeMs),
  failure: Type.Optional(Failure),
});
export type Session = Static<typeof Session>;

export const Terminal = Type.Object({
  id: TerminalId,
  session: SessionId,
  title: Type.String(),
  cols: Type.Integer({ minimum: 2, maximum: 1000 }),
  rows: Type.Integer({ minimum: 1, maximum: 1000 }),
  state: Type.Union([Type.Literal('open'), Type.Literal('exited')]),
  exitCode: Type.Optional(Type.Integer()),
  openedAt: TimeMs,
});
export type Terminal = Static<typeof Terminal>;

export const Tool = Type.Object({
  name: ToolName,
  plugin: Type.String(),
  description: Type.String(),
  input: Type.Unknown({ description: 'JSON Schema of what it takes' }),
  output: Type.Unknown({ description: 'JSON Schema of what it gives' }),
  outputMode: Type.Union([Type.Literal('patch'), Type.Literal('full'), Type.Literal('value')]),
  effects: Type.Array(Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('network')])),
  timeoutMs: DurationMs,
});
export type Tool = Static<typeof Tool>;

export const ChangeKind = Type.Union([
  Type.Literal('added'),
  Type.Literal('modified'),
  Type.Literal('deleted'),
  Type.Literal('renamed'),
]);
export type ChangeKind = Static<typeof ChangeKind>;

export const Change = Type.Object({
  path: RelativePath,
  /** Base64 of the name, only when it is not UTF-8; `path` is then its lossy form. */
  pathBytes: Type.Optional(Type.String()),
  kind: ChangeKind,
  from: Type.Optional(RelativePath),
  sizeBytes: Type.Integer({ minimum: 0 }),
  /** SHA-256 of the new content; null for a deletion; of the target's text for a symlink. */
  sha256: Type.Union([Type.String(), Type.Null()]),
  /** `040000` a new empty folder, `100644`, `100755`, `120000` a symlink: git's notation. */
  mode: Type.Optional(Type.String()),
  ignored: Type.Optional(Type.Literal(true)),
  secret: Type.Optional(Type.Literal(true)),
  conflict: Type.Optional(Type.Literal(true)),
});
export type Change = Static<typeof Change>;
