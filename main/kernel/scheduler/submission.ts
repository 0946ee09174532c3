import type { Task as TaskDocument, TaskRequest } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { SchedulerLimits } from './ledger.ts';
import { findCycle } from './cycle.ts';
import { KERNEL_PROFILE } from './turn.ts';

export interface SubmissionContext {
  readonly limits: SchedulerLimits;
  readonly nowMs: number;
  readonly newId: () => TaskId;
  readonly isKnown: (id: string) => boolean;
  /** The profile of a session. @throws Fault `not_found` */
  readonly profileOf: (session: string) => string;
  /** What the contract says of a call; undefined for one that it does not have. */
  readonly effectOf: (call: string) => 'read' | 'write' | undefined;
}

const DEFAULT_PRIORITY = 3;
const DEFAULT_TIMEOUT_MS = 10 * 60 * 1000;
/** Of what one task hands to its command or call, as JSON: it is held and kept on disk for as long as the task is remembered. */
const INPUT_LIMIT_BYTES = 1024 * 1024;

/** Documents for the tasks of one submission. @throws Fault `task_invalid`, `profile_unknown`, `not_found` */
export function tasksOf(requests: readonly TaskRequest[], context: SubmissionContext): TaskDocument[] {
  const ids = new Map<string, TaskId>();
  for (const { name } of requests) {
    if (ids.has(name)) throw refusal(name, 'another task of the submission has its name');
    ids.set(name, context.newId());
  }
  const cycle = findCycle(requests.map(({ name, dependencies = [] }) => ({ name, dependencies })));
  if (cycle !== undefined) throw refusal(cycle[0] ?? '', `it depends on itself: ${cycle.join(' → ')}`);
  return requests.map((request) => taskOf(request, ids, context));
}

function taskOf(request: TaskRequest, ids: ReadonlyMap<string, TaskId>, context: SubmissionContext): TaskDocument {
  const { name, session, idempotencyKey, ttlMs, retry, priority = DEFAULT_PRIORITY } = request;
  const { call, input, effect } = jobOf(request, context);
  checkInput(name, input);
  const profile = request.profile ?? (session === undefined ? KERNEL_PROFILE : context.profileOf(session));
  const preemptible = request.preemptible ?? (session !== undefined && priority > 2);
  checkLimits({ ...request, profile, priority, preemptible }, context.limits);
  return {
    id: idOf(name, ids),
    name,
    kind: call === 'sandbox.exec' ? 'command' : call,
    priority,
    ...(session === undefined ? {} : { session }),
    profile,
    dependencies: [...new Set(request.dependencies)].map((dependency) => dependencyOf(name, dependency, ids, context)),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
    timeoutMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    ...(retry === undefined ? {} : { retry }),
    preemptible,
    effect,
    state: 'queued',
    createdAt: context.nowMs,
    failures: 0,
    steps: [],
    job: { call, input },
  };
}

function idOf(name: string, ids: ReadonlyMap<string, TaskId>): TaskId {
  const id = ids.get(name);
  if (id === undefined) throw new RangeError(`There is no task "${name}"`);
  return id;
}

function jobOf(request: TaskRequest, context: SubmissionContext) {
  const { name, session, command, cwd, env, call, input } = request;
  if ((command === undefined) === (call === undefined)) {
    throw refusal(name, 'it needs either a command or a call', 'Give it one of the two.');
  }
  if (command !== undefined) {
    if (session === undefined) throw refusal(name, 'its command has no session to run in', 'Name a session.');
    const order = {
      session,
      argv: command,
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    };
    return { call: 'sandbox.exec', input: order, effect: 'write' as const };
  }
  const effect = context.effectOf(call ?? '');
  if (effect === undefined) throw refusal(name, `the contract has no call "${call ?? ''}"`);
  return { call: call ?? '', input: input ?? {}, effect };
}

function checkInput(name: string, input: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes <= INPUT_LIMIT_BYTES) return;
  throw refusal(
    name,
    `what it hands over has ${bytes} bytes, more than ${INPUT_LIMIT_BYTES}`,
    'Put what is long into a file of the workspace, and name the file.',
  );
}

function dependencyOf(
  name: string,
  dependency: string,
  ids: ReadonlyMap<string, TaskId>,
  context: SubmissionContext,
): TaskId {
  const own = ids.get(dependency);
  if (own !== undefined) return own;
  if (context.isKnown(dependency)) return dependency as TaskId; // it is the id of a task
  throw refusal(
    name,
    `there is no task "${dependency}" for it to wait for`,
    'Name a task of the submission, or an id.',
  );
}

type Limited = Pick<TaskRequest, 'name' | 'ttlMs' | 'timeoutMs' | 'session'> & {
  readonly profile: string;
  readonly priority: number;
  readonly preemptible: boolean;
};

function checkLimits({ name, profile, priority, preemptible, session }: Limited, limits: SchedulerLimits): void {
  const room = limits.profiles[profile];
  if (room === undefined) {
    throw new Fault('profile_unknown', `Cannot submit task "${name}": there is no profile "${profile}"`, {
      fix: `Use one of: ${profilesFor(limits).join(', ')}.`,
    });
  }
  if (room.isBeside === true) {
    throw refusal(name, `profile "${profile}" is for what the kernel does itself`, 'Leave `profile` out.');
  }
  if (room.slots < 1) throw refusal(name, `profile "${profile}" lets nothing run`);
  if (room.memoryBytes > limits.memoryBytes) {
    throw refusal(name, `profile "${profile}" needs ${room.memoryBytes} bytes, and ${limits.memoryBytes} are there`);
  }
  if (preemptible && priority === 1)
    throw refusal(name, 'what has priority 1 is never preempted', 'Leave one of the two out.');
  if (preemptible && session === undefined) {
    throw refusal(name, 'it is in no sandbox that could be paused', 'Leave `preemptible` out, or name a session.');
  }
}

/** Those that a task may name. */
function profilesFor({ profiles }: SchedulerLimits): string[] {
  const named = Object.entries(profiles).filter(([, { isBeside = false }]) => !isBeside);
  return named.map(([name]) => name).sort();
}

function refusal(name: string, state: string, fix?: string): Fault {
  return new Fault('task_invalid', `Cannot submit task "${name}": ${state}`, {
    data: { task: name },
    ...(fix === undefined ? {} : { fix }),
  });
}
