import type { Priority, Submitter, Task as TaskDocument, TaskRequest } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { Broadcast } from '../../base/broadcast.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { Action, SchedulerEvent, TaskChange } from './decision.ts';
import { type Forecast, forecast } from './forecast.ts';
import type { SchedulerLimits } from './ledger.ts';
import type { PausableSandboxes, PerformJob, SchedulerAudit, TaskStore } from './ports.ts';
import { SchedulerCore } from './scheduler-core.ts';
import { type SubmissionContext, tasksOf } from './submission.ts';
import { endRecord, inOrder, isEnded, specOf, stepOf, withoutPlace } from './task-document.ts';
import type { Entry } from './task-entry.ts';
import { Jobs } from './jobs.ts';
import { TaskPauses } from './task-pauses.ts';
import { TaskRegister } from './task-register.ts';
import { isEndState, type Task, type TaskOutcome } from './task.ts';
import type { Turn } from './turn.ts';
import type { TurnOrder } from './turn-order.ts';
import { Turns } from './turns.ts';

export interface SchedulerOptions {
  readonly limits: SchedulerLimits;
  readonly store: TaskStore;
  readonly sandboxes: PausableSandboxes;
  readonly perform: PerformJob;
  readonly profileOf: SubmissionContext['profileOf'];
  readonly effectOf: SubmissionContext['effectOf'];
  readonly audit: SchedulerAudit;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One that runs a command by hand can still call a tool. */
const LEAST_OF_AN_OWNER = 2;

/** Everything that takes time, in its turn: does what the core decides, and keeps what has to survive a restart. */
export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions;
  readonly #core: SchedulerCore;
  readonly #entries: TaskRegister;
  readonly #changed = new Broadcast<TaskDocument>();
  readonly #pauses: TaskPauses;
  readonly #jobs: Jobs;
  readonly #turns: Turns;
  /** Of the next task that is kept. */
  #nextOrder = 0;
  #timer: Disposable | undefined;
  #isClosed = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#entries = new TaskRegister({
      onForgotten: (id) => options.store.delete(id),
      onShortened: (document) => options.store.put(document),
    });
    const apply = (event: SchedulerEvent): void => this.#apply(event);
    this.#pauses = new TaskPauses({ ...options, apply });
    this.#jobs = new Jobs({ ...options, onEnd: (entry, outcome) => this.#finish(entry, outcome) });
    const enter = (document: TaskDocument, begin: () => void): Entry => this.#enter(document, begin);
    const ownerMax = Math.max(LEAST_OF_AN_OWNER, options.limits.globalMax - 1);
    this.#turns = new Turns({ clock: options.clock, enter, apply, ownerMax });
    this.#core = new SchedulerCore({
      limits: options.limits,
      known: (id) => {
        const task = this.#entries.open(id)?.task;
        if (task !== undefined) return task;
        const state = this.#entries.document(id)?.state;
        return state !== undefined && isEndState(state) ? state : undefined;
      },
    });
    for (const document of inOrder(options.store.all())) {
      if (isEnded(document)) this.#entries.addEnded({ document, isKept: true });
      else this.#enter(document);
      this.#nextOrder = Math.max(this.#nextOrder, (document.order ?? 0) + 1);
    }
  }

  /** After a start of the kernel: what waited goes on waiting, what ran was broken off. A profile may be gone meanwhile. */
  recover(): void {
    const { limits, clock, audit } = this.#options;
    for (const entry of this.#entries.allOpen()) {
      if (Object.hasOwn(limits.profiles, entry.document.profile)) continue;
      this.#put(entry, withoutPlace(entry.document, clock.now()));
      this.#entries.end(entry);
      audit.record(endRecord(entry.document));
    }
    const tasks = Array.from(this.#entries.allOpen(), ({ document }) => {
      const { createdAt, state, failures } = document;
      return { spec: specOf(document), createdMs: createdAt, state, failures };
    });
    this.#apply({ type: 'restore', tasks });
  }

  /**
   * Queues tasks; they are on disk when it resolves. One whose key was seen before is answered with the first one.
   * @throws Fault `task_invalid`, `profile_unknown`, `not_found`
   */
  async submit(requests: readonly TaskRequest[], by: Submitter): Promise<TaskDocument[]> {
    const made = this.check(requests);
    const seen = new Map(made.map((task) => [task.id, this.#entries.byKey(task.idempotencyKey)]));
    const fresh = made
      .filter(({ id }) => seen.get(id) === undefined)
      .map((task) => ({
        ...task,
        by,
        order: this.#nextOrder++,
        dependencies: task.dependencies.map((id) => seen.get(id)?.id ?? id),
      }));
    for (const task of fresh) this.#enter(task);
    for (const { id, name, kind, session, priority } of fresh) {
      const data = { task: id, name, kind, priority };
      this.#options.audit.record({
        type: 'task_submitted',
        actor: by.actor,
        data,
        ...(session === undefined ? {} : { session }),
      });
    }
    if (fresh.length > 0) this.#apply({ type: 'submit', tasks: fresh.map(specOf) });
    await this.#keep(fresh);
    return made.map(({ id }) => this.get(seen.get(id)?.id ?? id));
  }

  /** What cannot be kept does not run: a key that nobody remembers would let it run twice. */
  async #keep(fresh: readonly TaskDocument[]): Promise<void> {
    try {
      await Promise.all(fresh.map(({ id }) => this.#options.store.putSynced(this.get(id))));
    } catch (cause) {
      for (const { id } of fresh) this.cancel(id);
      throw cause;
    }
  }

  /** What a submission would make. @throws what `submit` throws */
  check(requests: readonly TaskRequest[]): TaskDocument[] {
    const { limits, clock, profileOf, effectOf } = this.#options;
    return tasksOf(requests, {
      limits,
      nowMs: clock.now(),
      newId: () => newId<TaskId>(),
      isKnown: (id) => this.#entries.document(id) !== undefined,
      profileOf,
      effectOf,
    });
  }

  /** Waits for its turn, and does the work then. @throws what the work throws; Fault `cancelled` */
  inTurn<T>(order: TurnOrder, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#turns.inTurn(order, signal, work);
  }

  /** A turn that its taker has to end, however its work goes. @throws Fault `cancelled` */
  take(order: TurnOrder, signal: AbortSignal): Promise<Turn> {
    return this.#turns.take(order, signal);
  }

  /** Those that have not ended in the order they came, then the others, the newest first. */
  list(): TaskDocument[] {
    return this.#entries.list();
  }

  /** @throws Fault `not_found` */
  get(id: string): TaskDocument {
    const document = this.#entries.document(id);
    if (document !== undefined) return document;
    throw new Fault('not_found', `Cannot find task "${id}": there is none of that id`, {
      fix: 'See `cavern task list`.',
    });
  }

  /** When those that wait may start; none where nothing of their kind was seen before. */
  forecast(): Forecast[] {
    return forecast(this.#entries.list(), this.#options.limits, this.#options.clock.now());
  }

  cancel(id: string): TaskDocument {
    return this.#order(id, (task) => ({ type: 'cancel', task }));
  }

  /** Everything of a session that goes. */
  cancelSession(session: string): void {
    for (const { document } of this.#entries.allOpen()) {
      if (document.session === session) this.cancel(document.id);
    }
  }

  hold(id: string): TaskDocument {
    return this.#order(id, (task) => ({ type: 'hold', task }));
  }

  release(id: string): TaskDocument {
    return this.#order(id, (task) => ({ type: 'release', task }));
  }

  prioritise(id: string, priority: Priority): TaskDocument {
    const entry = this.#entries.open(id);
    if (entry !== undefined) this.#put(entry, { ...entry.document, priority });
    return this.#order(id, (task) => ({ type: 'reprioritise', task, priority }));
  }

  /** A sandbox with a terminal open is never paused. */
  setTerminals(session: string, open: number): void {
    this.#apply({ type: 'terminals', session, open });
  }

  /** How short the kernel itself is of memory. */
  setPressure(level: 'none' | 'high' | 'critical'): void {
    this.#apply({ type: 'pressure', level });
  }

  async *watch(signal: AbortSignal): AsyncGenerator<TaskDocument[], void, undefined> {
    const changes = this.#changed.listen(signal, 65_536);
    yield this.list().slice(0, 1000);
    for await (const task of changes) yield [task];
  }

  /** What runs is broken off; what is kept goes on with the next kernel. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    this.#turns[Symbol.dispose]();
    for (const { abort } of this.#entries.allOpen()) abort.abort();
    await this.#jobs.ended();
  }

  /** Of one that has ended nothing is changed. */
  #order(id: string, eventOf: (task: Task) => SchedulerEvent): TaskDocument {
    this.get(id);
    const task = this.#entries.open(id)?.task;
    if (task !== undefined) this.#apply(eventOf(task));
    return this.get(id);
  }

  #enter(document: TaskDocument, begin?: () => void): Entry {
    const entry: Entry = {
      document,
      isKept: begin === undefined,
      task: undefined,
      abort: new AbortController(),
      begin: begin ?? (() => this.#jobs.begin(entry)),
      pausing: Promise.resolve(),
    };
    this.#entries.add(entry);
    return entry;
  }

  #apply(event: SchedulerEvent): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    const actions = this.#core.apply(event, clock.now());
    // Looked up first: one of them ends a task, and another one what runs for it.
    const entries = actions.map(({ task }) => this.#entries.open(task.spec.id));
    for (const [index, action] of actions.entries()) {
      const entry = entries[index];
      if (entry !== undefined) this.#do(action, entry);
    }
    this.#timer?.[Symbol.dispose]();
    const dueInMs = this.#core.nextDueInMs;
    this.#timer = dueInMs === undefined ? undefined : clock.setTimer(dueInMs, () => this.#apply({ type: 'tick' }));
  }

  #do(action: Action, entry: Entry): void {
    switch (action.type) {
      case 'changed':
        return this.#record(action, entry);
      case 'start':
        entry.abort = new AbortController();
        return entry.begin();
      case 'end':
        return this.#pauses.end(entry);
      case 'settle':
        return void this.#pauses.settle(entry);
      case 'pause':
        return this.#pauses.pause(entry);
      case 'resume':
        return this.#pauses.resume(entry);
    }
  }

  #finish({ task }: Entry, outcome: TaskOutcome): void {
    if (task !== undefined) this.#apply({ type: 'finished', task, outcome });
  }

  #record(change: TaskChange, entry: Entry): void {
    const atMs = this.#options.clock.now();
    const { failure, task } = change;
    entry.task = isEndState(change.to) ? undefined : task;
    const { failure: _former, ...document } = entry.document;
    const next: TaskDocument = {
      ...document,
      state: change.to,
      failures: task.failures,
      steps: [...document.steps, stepOf(change, atMs)],
      ...(failure === undefined ? {} : { failure: { code: failure.code, message: failure.message } }),
    };
    this.#put(entry, next);
    if (!isEnded(next)) return;
    this.#entries.end(entry);
    if (entry.isKept) this.#options.audit.record(endRecord(next));
    else entry.begin();
  }

  #put(entry: Entry, document: TaskDocument): void {
    entry.document = document;
    if (entry.isKept) this.#options.store.put(document);
    this.#changed.publish(document);
  }
}
