import type { Schedule, ScheduleRun } from '../../../schema/contract/schedule.ts';
import type { Task as TaskDocument, TaskRequest } from '../../../schema/contract/task.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import type { SchedulerLimits } from './ledger.ts';
import type { ScheduleStore } from './schedules.ts';
import { Scheduler } from './scheduler.ts';

export const BY = { actor: 'operator', tags: ['operator'], containerId: '' };
export const SESSION = 's1' as NonNullable<TaskRequest['session']>;

interface Running {
  readonly task: TaskDocument;
  readonly signal: AbortSignal;
  finish(result?: unknown): void;
  fail(thrown: unknown): void;
}

const PROFILES = {
  workspace: { slots: 2, memoryBytes: 10 },
  closed: { slots: 0, memoryBytes: 10 },
  huge: { slots: 1, memoryBytes: 1000 },
  kernel: { slots: 2, memoryBytes: 0 },
  image: { slots: 1, memoryBytes: 0, isBeside: true },
};

/** A scheduler on virtual time with sandboxes that only say what was done to them; what is kept outlives it. */
export class SchedulerBench {
  readonly clock = new VirtualClock(1_000_000);
  readonly kept = new Map<string, TaskDocument>();
  readonly done: string[] = [];
  readonly running = new Map<string, Running>();
  readonly #limits: Partial<SchedulerLimits>;
  scheduler: Scheduler;

  /** `limits` in place of the bench's own. */
  constructor(limits: Partial<SchedulerLimits> = {}) {
    this.#limits = limits;
    this.scheduler = this.start();
  }

  /** A kernel on what the former one has kept, perhaps without one of its profiles. */
  start(gone?: string): Scheduler {
    this.running.clear();
    return new Scheduler({
      limits: {
        globalMax: 2,
        memoryBytes: 100,
        profiles: Object.fromEntries(Object.entries(PROFILES).filter(([name]) => name !== gone)),
        ageThresholdMs: 10_000,
        settleMs: 1000,
        ...this.#limits,
      },
      store: {
        all: () => [...this.kept.values()],
        put: (task) => void this.kept.set(task.id, task),
        putSynced: async (task) => void this.kept.set(task.id, task),
        delete: (id) => void this.kept.delete(id),
      },
      sandboxes: {
        settle: async (session) => void this.done.push(`settle ${session}`),
        pause: async (session) => void this.done.push(`pause ${session}`),
        unpause: async (session) => void this.done.push(`unpause ${session}`),
      },
      perform: (task, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          this.running.set(task.name, { task, signal, finish: resolve, fail: reject });
        }),
      profileOf: () => 'workspace',
      effectOf: (call) => (call === 'session.list' ? 'read' : call === 'merge.apply' ? 'write' : undefined),
      audit: { record: ({ type }) => void this.done.push(type) },
      clock: this.clock,
      logger: silentLogger,
    });
  }

  /** Lets everything happen that is not a matter of time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }

  async submit(...requests: readonly TaskRequest[]): Promise<TaskDocument[]> {
    const tasks = await this.scheduler.submit(requests, BY);
    await this.settle();
    return tasks;
  }

  async finish(name: string, result?: unknown): Promise<void> {
    this.running.get(name)?.finish(result);
    await this.settle();
  }

  states(): Record<string, string> {
    return Object.fromEntries(this.scheduler.list().map(({ name, state }) => [name, state]));
  }
}

export function command(name: string, more: Partial<TaskRequest> = {}): TaskRequest {
  return { name, session: SESSION, command: ['true'], ...more };
}

export class MemoryScheduleStore implements ScheduleStore {
  readonly schedules = new Map<string, Schedule>();
  readonly kept = new Map<string, ScheduleRun>();
  all = (): Schedule[] => [...this.schedules.values()];
  put = (schedule: Schedule): void => void this.schedules.set(schedule.id, schedule);
  putSynced = async (schedule: Schedule): Promise<void> => this.put(schedule);
  delete = (id: string): void => void this.schedules.delete(id);
  runs = (): ScheduleRun[] => [...this.kept.values()];
  putRun = (run: ScheduleRun): void => void this.kept.set(run.id, run);
  deleteRun = (id: string): void => void this.kept.delete(id);
}
