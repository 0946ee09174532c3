import Type, { type Static } from 'typebox';
import { CaveName } from '../cave.ts';
import { DurationMs, ProfileName, Sandbox, SessionId, TimeMs, WorkspacePath } from '../entities.ts';
import { DocumentError } from '../policy.ts';
import { area, call, stream, SESSION_KEYS } from './contract.ts';

/** A limit of a sandbox that a command met. */
export const ExceededLimit = Type.Union([
  Type.Literal('memory'),
  Type.Literal('processes'),
  Type.Literal('fileSize'),
  Type.Literal('time'),
]);
export type ExceededLimit = Static<typeof ExceededLimit>;

export const ExecEvent = Type.Union([
  Type.Object({
    type: Type.Literal('output'),
    stream: Type.Union([Type.Literal('stdout'), Type.Literal('stderr')]),
    base64: Type.String({ description: 'Bytes as the command wrote them' }),
  }),
  Type.Object({
    type: Type.Literal('exit'),
    exitCode: Type.Integer({ description: '128 + signal where a signal ended it' }),
    timedOut: Type.Boolean(),
    outOfMemory: Type.Boolean(),
    exceeded: Type.Optional(
      Type.Array(ExceededLimit, {
        description: 'The limits of the sandbox that were met while it ran; absent: unknown',
      }),
    ),
    durationMs: DurationMs,
  }),
]);
export type ExecEvent = Static<typeof ExecEvent>;

/** What a sandbox of a profile gets. Sizes in bytes, times in milliseconds. */
export const ProfileSummary = Type.Object({
  name: ProfileName,
  about: Type.String(),
  image: Type.String(),
  network: Type.Union([Type.Literal('none'), Type.Literal('restricted')]),
  memoryBytes: Type.Integer(),
  cpus: Type.Number(),
  pids: Type.Integer(),
  openFiles: Type.Integer(),
  diskBytes: Type.Integer(),
  fileSizeBytes: Type.Integer(),
  tmpBytes: Type.Integer(),
  homeBytes: Type.Integer(),
  cacheBytes: Type.Union([Type.Integer(), Type.Null()]),
  timeLimitMs: Type.Union([Type.Integer(), Type.Null()]),
  idleLimitMs: Type.Union([Type.Integer(), Type.Null()]),
  callTimeLimitMs: Type.Union([Type.Integer(), Type.Null()]),
});
export type ProfileSummary = Static<typeof ProfileSummary>;

/** What a sandbox uses at a moment, and what it may use; null where its control group does not say. */
export const SandboxStats = Type.Object({
  atMs: TimeMs,
  cpus: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'Processors, on average since the last one',
  }),
  cpuLimit: Type.Number(),
  memoryBytes: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  memoryLimitBytes: Type.Integer(),
  pids: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description: 'Processes and threads' }),
  pidsLimit: Type.Integer(),
  diskBytes: Type.Integer({ minimum: 0, description: 'Of what it wrote' }),
  diskLimitBytes: Type.Integer(),
  network: Type.Union(
    [
      Type.Object({
        sentBytes: Type.Integer({ minimum: 0 }),
        receivedBytes: Type.Integer({ minimum: 0 }),
        connections: Type.Integer({ minimum: 0 }),
      }),
      Type.Null(),
    ],
    { description: 'Through its proxy since the kernel offers it; null: it has no network' },
  ),
});
export type SandboxStats = Static<typeof SandboxStats>;

export const sandbox = area('sandbox', {
  list: call({
    about: 'List the sandboxes',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ sandboxes: Type.Array(Sandbox) }),
    faults: [],
  }),
  profiles: call({
    about: 'List the sandbox profiles and what each allows',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({
      profiles: Type.Array(ProfileSummary),
      problems: Type.Array(Type.Object({ file: Type.String(), message: Type.String() }), {
        description: "Of the operator's own profiles that cannot be used",
      }),
    }),
    faults: [],
  }),
  cave: call({
    about: 'Check the cave.yaml of a workspace and list the sandboxes that it names',
    effect: 'read',
    always: true,
    input: Type.Object({ workspace: WorkspacePath }),
    output: Type.Object({
      exists: Type.Boolean(),
      sandboxes: Type.Array(
        Type.Object({ name: CaveName, profile: ProfileName, start: Type.Optional(Type.Array(Type.String())) }),
      ),
      errors: Type.Array(DocumentError),
    }),
    faults: ['workspace_invalid', 'cave_invalid'],
  }),
  exec: stream({
    about: 'Run a command in the sandbox of a session, with live output',
    effect: 'write',
    keys: SESSION_KEYS,
    input: Type.Object({
      session: SessionId,
      argv: Type.Array(Type.String(), { minItems: 1 }),
      cwd: Type.Optional(Type.String({ description: 'Inside the sandbox; /workspace if absent' })),
      env: Type.Optional(Type.Record(Type.String(), Type.String())),
      stdinBase64: Type.Optional(Type.String()),
      timeoutMs: Type.Optional(DurationMs),
    }),
    event: ExecEvent,
    faults: ['session_not_running', 'sandbox_failed'],
  }),
  stats: stream({
    about: 'Follow what the sandbox of a session uses of what it may use, once a second or less often',
    effect: 'read',
    http: { method: 'GET', path: '/sandboxes/{session}/stats', answer: 'first' },
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({
      session: SessionId,
      everySeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 60, default: 1 })),
    }),
    event: SandboxStats,
    faults: ['session_not_running'],
  }),
  pause: call({
    about:
      'Have all that runs in the sandbox of a session stand still; it keeps its memory, and what is asked of it waits',
    effect: 'write',
    keys: SESSION_KEYS,
    input: Type.Object({ session: SessionId }),
    output: Sandbox,
    faults: ['session_not_running', 'sandbox_failed', 'engine_unavailable'],
  }),
  resume: call({
    about: 'Let a sandbox that was paused by hand go on',
    effect: 'write',
    keys: SESSION_KEYS,
    input: Type.Object({ session: SessionId }),
    output: Sandbox,
    faults: ['session_not_running', 'sandbox_failed', 'engine_unavailable'],
  }),
  logs: call({
    about: 'Read the last lines that the first process of a sandbox, its agent, printed',
    effect: 'read',
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({ session: SessionId, lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }),
    output: Type.Object({ text: Type.String() }),
    faults: ['session_not_running', 'engine_unavailable'],
  }),
  prune: call({
    about: 'Remove what no session needs any more, or show what that would free',
    effect: 'write',
    irreversible: true,
    always: true,
    input: Type.Object({
      dryRun: Type.Optional(Type.Boolean()),
      caches: Type.Optional(Type.Boolean({ description: 'Also the package caches that no sandbox uses now' })),
    }),
    output: Type.Object({
      removed: Type.Array(
        Type.Object({
          kind: Type.String(),
          name: Type.String(),
          sizeBytes: Type.Integer(),
          about: Type.Optional(Type.String({ description: 'The folder that it belongs to' })),
        }),
      ),
      freedBytes: Type.Integer(),
    }),
    faults: ['engine_unavailable'],
  }),
});
