import Type, { type Static } from 'typebox';
import {
  ActId,
  DurationMs,
  Failure,
  ProfileName,
  SandboxLimits,
  SessionId,
  SessionState,
  TerminalId,
  TimeMs,
} from '../entities.ts';
import { area, call, SESSION_KEYS, stream } from './contract.ts';
import { NamespaceName } from './key.ts';
import { ExceededLimit } from './sandbox.ts';
import { SESSION_FAULTS } from './session.ts';
import { TERMINAL_SOCKET, TerminalEvent } from './terminal.ts';

export const BoxName = Type.String({
  pattern: '^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$',
  description: 'Unique in its namespace',
  examples: ['build-42'],
});

/** A sandbox in a namespace: a session on an empty workspace of its own, under a name that a program gave it. */
export const Box = Type.Object({
  id: SessionId,
  namespace: NamespaceName,
  name: BoxName,
  profile: ProfileName,
  image: Type.String({ examples: ['cavern/sandbox-base:1'] }),
  state: SessionState,
  limits: Type.Object({
    cpus: Type.Number({ examples: [2] }),
    memoryBytes: Type.Integer({ examples: [1_073_741_824] }),
    diskBytes: Type.Integer({ examples: [2_147_483_648] }),
    pids: Type.Integer({ examples: [512] }),
  }),
  createdAt: TimeMs,
  changedAt: TimeMs,
  failure: Type.Optional(Failure),
});
export type Box = Static<typeof Box>;

/** A command that was run in a sandbox to its end. */
export const Execution = Type.Object({
  id: ActId,
  session: SessionId,
  command: Type.String({ description: 'With its arguments, redacted and cut', examples: ['npm test'] }),
  startedAt: TimeMs,
  durationMs: DurationMs,
  exitCode: Type.Union([Type.Integer(), Type.Null()], { description: 'Null: it did not come to an end of its own' }),
  timedOut: Type.Boolean({ examples: [false] }),
});
export type Execution = Static<typeof Execution>;

export const BoxLogLine = Type.Object({
  seq: Type.Integer({ description: 'Grows from line to line', examples: [1_790_000_000_042] }),
  at: TimeMs,
  stream: Type.Union([Type.Literal('stdout'), Type.Literal('stderr'), Type.Literal('state')]),
  execution: Type.Optional(ActId),
  text: Type.String({ examples: ['12 passed'] }),
});
export type BoxLogLine = Static<typeof BoxLogLine>;

export const ExecResult = Type.Object({
  id: ActId,
  exitCode: Type.Integer({ description: '128 + signal where a signal ended it', examples: [0] }),
  stdout: Type.String({ examples: ['12 passed\n'] }),
  stderr: Type.String({ examples: [''] }),
  durationMs: DurationMs,
  timedOut: Type.Boolean({ examples: [false] }),
  truncated: Type.Boolean({ description: 'More was printed than an answer holds', examples: [false] }),
  exceeded: Type.Optional(Type.Array(ExceededLimit, { description: 'The limits that were met while it ran' })),
});
export type ExecResult = Static<typeof ExecResult>;

const one = Type.Object({ session: SessionId });

export const box = area('box', {
  create: call({
    about: 'Start a sandbox in a namespace, on an empty workspace of its own',
    effect: 'write',
    keys: ['namespace'],
    http: { method: 'POST', path: '/sandboxes', status: 201 },
    input: Type.Object({
      namespace: NamespaceName,
      name: BoxName,
      profile: Type.Optional(ProfileName),
      image: Type.Optional(
        Type.String({ minLength: 1, maxLength: 255, description: 'In place of a profile: one that a profile uses' }),
      ),
      limits: Type.Optional(SandboxLimits),
    }),
    output: Box,
    faults: [...SESSION_FAULTS, 'name_taken'],
  }),
  list: call({
    about: 'List the sandboxes of a namespace, the newest first',
    effect: 'read',
    always: true,
    keys: ['namespace'],
    http: { method: 'GET', path: '/sandboxes' },
    input: Type.Object({ namespace: NamespaceName }),
    output: Type.Object({ sandboxes: Type.Array(Box) }),
    faults: [],
  }),
  get: call({
    about: 'Show a sandbox and its state',
    effect: 'read',
    always: true,
    keys: SESSION_KEYS,
    http: { method: 'GET', path: '/sandboxes/{session}' },
    input: one,
    output: Box,
    faults: [],
  }),
  start: call({
    about: 'Start a sandbox that was stopped, with what it had written',
    effect: 'write',
    keys: SESSION_KEYS,
    http: { method: 'POST', path: '/sandboxes/{session}/start' },
    input: one,
    output: Box,
    faults: SESSION_FAULTS,
  }),
  stop: call({
    about: 'Stop a sandbox; what it wrote stays',
    effect: 'write',
    always: true,
    keys: SESSION_KEYS,
    http: { method: 'POST', path: '/sandboxes/{session}/stop' },
    input: one,
    output: Box,
    faults: [],
  }),
  remove: call({
    about: 'Remove a sandbox with everything in it',
    effect: 'write',
    irreversible: true,
    always: true,
    keys: SESSION_KEYS,
    http: { method: 'DELETE', path: '/sandboxes/{session}' },
    input: one,
    output: Type.Object({ removed: SessionId }),
    faults: [],
  }),
  exec: call({
    about: 'Run a command in a sandbox to its end',
    effect: 'write',
    keys: SESSION_KEYS,
    http: { method: 'POST', path: '/sandboxes/{session}/exec' },
    input: Type.Object({
      session: SessionId,
      command: Type.String({
        minLength: 1,
        maxLength: 4096,
        description: 'A program, not a shell line',
        examples: ['npm'],
      }),
      args: Type.Optional(Type.Array(Type.String({ maxLength: 131_072 }), { maxItems: 1024, examples: [['test']] })),
      stdin: Type.Optional(Type.String({ maxLength: 1_048_576 })),
      cwd: Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description: '/workspace if absent' })),
      env: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 32_768 }))),
      timeoutMs: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 3_600_000, description: '60000 if absent', examples: [120_000] }),
      ),
    }),
    output: ExecResult,
    faults: ['session_not_running', 'sandbox_failed'],
  }),
  executions: call({
    about: 'List the commands that were run in a sandbox, the newest first',
    effect: 'read',
    always: true,
    keys: SESSION_KEYS,
    http: { method: 'GET', path: '/sandboxes/{session}/executions' },
    input: Type.Object({
      session: SessionId,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
    }),
    output: Type.Object({ executions: Type.Array(Execution) }),
    faults: [],
  }),
  logs: stream({
    about: 'Follow what commands print in a sandbox, and its state: what is kept of it first, then what comes',
    effect: 'read',
    always: true,
    keys: SESSION_KEYS,
    http: {
      method: 'GET',
      path: '/sandboxes/{session}/logs',
      answer: 'events',
      resume: { id: 'seq', input: 'after' },
    },
    input: Type.Object({
      session: SessionId,
      after: Type.Optional(Type.Integer({ minimum: 0, description: 'Only lines with a higher number', examples: [0] })),
    }),
    event: BoxLogLine,
    faults: [],
  }),
  terminal: stream({
    about: 'Open a terminal in a sandbox and show it; it is closed with the connection',
    effect: 'write',
    keys: SESSION_KEYS,
    http: { method: 'GET', path: '/sandboxes/{session}/terminal', answer: 'events', socket: TERMINAL_SOCKET },
    input: Type.Object({
      session: SessionId,
      cols: Type.Optional(Type.Integer({ minimum: 2, maximum: 1000, default: 80 })),
      rows: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 24 })),
    }),
    event: Type.Union([Type.Object({ type: Type.Literal('opened'), terminal: TerminalId }), TerminalEvent]),
    faults: ['session_not_running', 'limit_reached', 'sandbox_failed'],
  }),
});
