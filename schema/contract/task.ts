import Type, { type Static } from 'typebox';
import { DurationMs, Failure, SessionId, TaskId, TimeMs } from '../entities.ts';
import { area, call, stream } from './contract.ts';

export const Priority = Type.Union(
  [Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Literal(4), Type.Literal(5)],
  {
    description:
      '1 is the system, 2 a person who waits, 3 what is usual, 4 the background, 5 when nothing else would run',
  },
);
export type Priority = Static<typeof Priority>;

export const TaskState = Type.Union([
  Type.Literal('queued'),
  Type.Literal('waiting_dependency'),
  Type.Literal('running'),
  Type.Literal('paused'),
  Type.Literal('completed'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
]);
export type TaskState = Static<typeof TaskState>;

export const TaskRetry = Type.Object(
  { times: Type.Integer({ minimum: 1, maximum: 100 }), delayMs: DurationMs },
  { additionalProperties: false },
);

const TaskName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$', description: 'Unique in its submission' });

/** One task as it is asked for: a command in the sandbox of a session, or any call of the contract. */
export const TaskRequest = Type.Object(
  {
    name: TaskName,
    session: Type.Optional(SessionId),
    command: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 4096 })),
    cwd: Type.Optional(Type.String()),
    env: Type.Optional(Type.Record(Type.String(), Type.String())),
    call: Type.Optional(Type.String({ description: 'A call of the contract, such as merge.apply' })),
    input: Type.Optional(Type.Unknown()),
    priority: Type.Optional(Priority),
    profile: Type.Optional(Type.String({ description: "Whose limits count; the session's own if absent" })),
    dependencies: Type.Optional(
      Type.Array(Type.String(), { maxItems: 1000, description: 'Names of the same submission, or ids' }),
    ),
    idempotencyKey: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    ttlMs: Type.Optional(DurationMs),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 7 * 24 * 60 * 60 * 1000 })),
    retry: Type.Optional(TaskRetry),
    preemptible: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type TaskRequest = Static<typeof TaskRequest>;

/** A file of tasks, as `task submit` takes it. */
export const TaskFile = Type.Object(
  { session: Type.Optional(SessionId), tasks: Type.Array(TaskRequest, { minItems: 1, maxItems: 10_000 }) },
  { additionalProperties: false },
);
export type TaskFile = Static<typeof TaskFile>;

/** A step of a task's life. */
export const TaskStep = Type.Object({
  at: TimeMs,
  state: TaskState,
  why: Type.Optional(Type.String()),
  by: Type.Optional(TaskId),
});
export type TaskStep = Static<typeof TaskStep>;

/** Who asked for it: the policy judges the task's call as theirs. */
export const Submitter = Type.Object({
  actor: Type.String(),
  tags: Type.Array(Type.String()),
  containerId: Type.String(),
});
export type Submitter = Static<typeof Submitter>;

export const Task = Type.Object({
  id: TaskId,
  name: Type.String(),
  kind: Type.String(),
  priority: Priority,
  session: Type.Optional(SessionId),
  profile: Type.String(),
  dependencies: Type.Array(TaskId),
  idempotencyKey: Type.Optional(Type.String()),
  ttlMs: Type.Optional(DurationMs),
  timeoutMs: DurationMs,
  retry: Type.Optional(TaskRetry),
  preemptible: Type.Boolean(),
  effect: Type.Union([Type.Literal('read'), Type.Literal('write')]),
  state: TaskState,
  createdAt: TimeMs,
  /** Of its coming, among all that are kept: many come at the same moment. */
  order: Type.Optional(Type.Integer({ minimum: 0 })),
  failures: Type.Integer({ minimum: 0 }),
  /** Each change with its time, the oldest first. */
  steps: Type.Array(TaskStep),
  result: Type.Optional(Type.Unknown()),
  failure: Type.Optional(Failure),
  /** What it does, where it outlives its caller. */
  by: Type.Optional(Submitter),
  job: Type.Optional(Type.Object({ call: Type.String(), input: Type.Unknown() })),
});
export type Task = Static<typeof Task>;

const one = Type.Object({ task: TaskId });
const submitted = Type.Object({ tasks: Type.Array(Task) });

export const task = area('task', {
  submit: call({
    about: 'Queue tasks; those with a key that was seen before are not queued again',
    effect: 'write',
    input: Type.Object({ tasks: Type.Array(TaskRequest, { minItems: 1, maxItems: 10_000 }) }),
    output: submitted,
    faults: ['task_invalid', 'profile_unknown'],
  }),
  submitFile: call({
    about: 'Queue the tasks of a YAML file; what is wrong with it is told with line and column',
    effect: 'write',
    input: Type.Object({ text: Type.String(), session: Type.Optional(SessionId) }),
    output: submitted,
    faults: ['task_invalid', 'profile_unknown'],
  }),
  list: call({
    about: 'List the tasks without their results, those that have not ended first',
    effect: 'read',
    always: true,
    input: Type.Object({
      session: Type.Optional(SessionId),
      states: Type.Optional(Type.Array(TaskState)),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50_000 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, description: 'So many are left out at the beginning' })),
    }),
    output: submitted,
    faults: [],
  }),
  forecast: call({
    about: 'Guess when each waiting task starts, from how long such tasks took before',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ starts: Type.Array(Type.Object({ task: TaskId, at: TimeMs })) }),
    faults: [],
  }),
  get: call({
    about: 'Show one task with its result or why it failed',
    effect: 'read',
    always: true,
    input: one,
    output: Task,
    faults: [],
  }),
  cancel: call({
    about: 'Cancel a task; those that depend on it fail',
    effect: 'write',
    always: true,
    input: one,
    output: Task,
    faults: [],
  }),
  prioritise: call({
    about: 'Change the priority of a task that waits',
    effect: 'write',
    input: Type.Object({ task: TaskId, priority: Priority }),
    output: Task,
    faults: [],
  }),
  hold: call({
    about: 'Pause a task by hand, until it is released',
    effect: 'write',
    input: one,
    output: Task,
    faults: [],
  }),
  release: call({
    about: 'Let a task that was paused by hand go on',
    effect: 'write',
    input: one,
    output: Task,
    faults: [],
  }),
  watch: stream({
    about: 'Follow the tasks: those there are, then each one that has changed',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: submitted,
    faults: [],
  }),
});
