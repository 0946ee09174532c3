import { availableParallelism, totalmem } from 'node:os';
import { areas } from '../../schema/contract/areas.ts';
import type { Area } from '../../schema/contract/contract.ts';
import { Schedule, ScheduleRun } from '../../schema/contract/schedule.ts';
import { Task } from '../../schema/contract/task.ts';
import type { SessionId } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import { Disposers } from '../base/disposers.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import type { Caller } from '../kernel/dispatch/context.ts';
import type { Dispatch } from '../kernel/dispatch/dispatch.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import { heldForTasks } from '../kernel/sandboxes/standstill.ts';
import type { SchedulerLimits } from '../kernel/scheduler/ledger.ts';
import type { MemoryWatch } from '../kernel/scheduler/memory-watch.ts';
import { performCall } from '../kernel/scheduler/perform-call.ts';
import { Schedules } from '../kernel/scheduler/schedules.ts';
import { Scheduler } from '../kernel/scheduler/scheduler.ts';
import { type DoUpkeep, KERNEL_PROFILE, type TakeTurn, UPKEEP_SLOTS } from '../kernel/scheduler/turn.ts';
import type { Storage } from '../platform/sqlite/storage.ts';
import type { ComposeOptions } from './compose-options.ts';

const LEAST_AT_ONCE = 4;
const SLOTS: Readonly<Record<string, number>> = { 'ai-provider': 2, 'code-executor': 2, 'policy-extension': 1 };
const AGE_THRESHOLD_MS = 30_000;
const SETTLE_MS = 1000;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
/** A person waits for what is called by hand. */
const INTERACTIVE = 2;
const BACKGROUND = 4;
/** What can be a task although it answers with a stream: it ends by itself. */
const ENDING_STREAMS: ReadonlySet<string> = new Set(['sandbox.exec', 'tool.call']);

export interface SchedulerParts {
  readonly storage: Storage;
  /** 0: as many as the machine has processors, at least 4. */
  readonly tasksAtOnce: number;
  readonly memory: MemoryWatch;
  readonly sandboxes: Sandboxes;
  readonly log: AuditLog;
  readonly disposers: Disposers;
  readonly profileOf: (session: SessionId) => string;
  /** Known once everything is made. */
  readonly dispatch: () => Pick<Dispatch, 'call' | 'stream'>;
}

/** The scheduler with what it keeps, its schedules, and how calls take their turn. */
export async function composeScheduler({ logger, purpose }: ComposeOptions, parts: SchedulerParts) {
  const { storage, sandboxes, log, disposers, profileOf, tasksAtOnce } = parts;
  const tasks = await storage.collection('task', Task);
  const plans = await storage.collection('schedule', Schedule);
  const runs = await storage.collection('schedule_run', ScheduleRun);
  disposers.defer(() => Promise.all([tasks.flush(), plans.flush(), runs.flush()]));
  /** Who calls for a task that has its turn. */
  const inTask = new WeakSet<Caller>();
  const audit = { record: (entry: Parameters<AuditLog['record']>[0]) => log.record(entry) };
  const scheduler = disposers.add(
    new Scheduler({
      limits: limitsOf(sandboxes, tasksAtOnce || Math.max(LEAST_AT_ONCE, availableParallelism())),
      store: {
        all: () => tasks.all(),
        put: (task) => tasks.put(task.id, task),
        putSynced: (task) => tasks.putSynced(task.id, task),
        delete: (id) => tasks.delete(id),
      },
      sandboxes: heldForTasks(sandboxes),
      perform: (task, signal) =>
        performCall(task, { dispatch: parts.dispatch(), signal, onCaller: (caller) => inTask.add(caller) }),
      profileOf: (session) => profileOf(session as SessionId), // the contract has validated it
      effectOf: callEffect,
      audit,
      clock: systemClock,
      logger,
    }),
  );
  const schedules = disposers.add(
    new Schedules({
      store: {
        all: () => plans.all(),
        put: (plan) => plans.put(plan.id, plan),
        putSynced: (plan) => plans.putSynced(plan.id, plan),
        delete: (id) => plans.delete(id),
        runs: () => runs.all(),
        putRun: (run) => runs.put(run.id, run),
        deleteRun: (id) => runs.delete(id),
      },
      scheduler,
      audit,
      clock: systemClock,
    }),
  );
  parts.memory.onChange((level) => scheduler.setPressure(level));
  const takeTurn: TakeTurn = async ({ session, profile, ...order }, { caller, signal }) => {
    // What a plugin asks for while it answers is part of the call that it answers.
    const isPart = inTask.has(caller) || caller.actor.startsWith('plugin:') || caller.actor === 'kernel';
    if (isPart) return { signal, end: () => undefined };
    const room = {
      profile: profile ?? profileOf(session),
      priority: INTERACTIVE,
      timeoutMs: WEEK_MS,
      mayLast: true,
    } as const;
    return scheduler.take({ ...order, ...room, session }, signal);
  };
  const doUpkeep: DoUpkeep = ({ kind, name: what, profile, for: whom }, signal, work) => {
    const name = what === undefined ? kind : `${kind} ${what}`;
    const priority = whom === 'person' ? INTERACTIVE : BACKGROUND;
    const order = { kind, name, profile, priority, effect: 'write', timeoutMs: WEEK_MS, mayLast: false } as const;
    return scheduler.inTurn(order, signal, work);
  };
  const { signal: never } = new AbortController();
  storage.takeTurns((work) => doUpkeep({ kind: 'backup', profile: 'backup', for: 'background' }, never, work));
  /** Whoever only looks at the record starts nothing. */
  const begin = (): void => {
    if (purpose === 'read') return;
    scheduler.recover();
    void schedules.look();
  };
  return { scheduler, schedules, takeTurn, doUpkeep, begin };
}

function limitsOf(sandboxes: Sandboxes, globalMax: number): SchedulerLimits {
  const profiles = Object.fromEntries(
    [...sandboxes.profiles.values()].map(({ name, memoryBytes }) => [
      name,
      { slots: SLOTS[name] ?? globalMax, memoryBytes },
    ]),
  );
  const largestBytes = Math.max(...Object.values(profiles).map(({ memoryBytes }) => memoryBytes));
  const upkeep = Object.fromEntries(
    Object.entries(UPKEEP_SLOTS).map(([name, slots]) => [name, { slots, memoryBytes: 0, isBeside: true }]),
  );
  return {
    globalMax,
    // A profile that asks for more than the machine has would otherwise never run; the engine pages then.
    memoryBytes: Math.max(totalmem(), largestBytes),
    profiles: { ...profiles, ...upkeep, [KERNEL_PROFILE]: { slots: globalMax, memoryBytes: 0 } },
    ageThresholdMs: AGE_THRESHOLD_MS,
    settleMs: SETTLE_MS,
  };
}

function callEffect(method: string): 'read' | 'write' | undefined {
  const [area = '', name = ''] = method.split('.');
  const found = Object.values<Area>(areas).find((one) => one.name === area)?.members[name];
  if (found === undefined || (found.kind === 'stream' && !ENDING_STREAMS.has(method))) return undefined;
  return found.effect === 'read' ? 'read' : 'write';
}
