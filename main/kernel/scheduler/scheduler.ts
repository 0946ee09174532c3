import type { Priority, Submitter, Task as TaskDocument, TaskRequest } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';
import { Fault, toFault } from '../../../schema/fault.ts';
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
import { endRecord, isEnded, specOf, stepOf, withoutPlace } from './task-document.ts';
import type { Entry } from './task-entry.ts';
import { type TurnOrder, transientTask } from './turn-order.ts';
import { TaskPauses } from './task-pauses.ts';
import { TaskRegister } from './task-register.ts';
import { mayRepeat, type TaskOutcome } from './task.ts';

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

/** What somebody runs by hand holds a slot for so long at most. */
const LASTS_AFTER_MS = 5 * 60 * 1000;
/** What ended in one of these ways would end so again. */
const NOT_REPEATABLE: ReadonlySet<string> = new Set([
  'denied',
  'needs_review',
  'invalid_input',
  'invalid_output',
  'unknown_call',
  'not_found',
  'cancelled',
]);

/** Everything that takes time, in its turn: does what the core decides, and keeps what has to survive a restart. */
export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions;
  readonly #core: SchedulerCore;
  readonly #entries: TaskRegister;
  readonly #changed = new Broadcast<TaskDocument>();
  readonly #performing = new Set<Promise<void>>();
  readonly #pauses: TaskPauses;
  #timer: Disposable | undefined;
  #isClosed = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#entries = new TaskRegister((id) => options.store.delete(id));
    this.#pauses = new TaskPauses({ ...options, apply: (event) => this.#apply(event) });
    this.#core = new SchedulerCore({
      limits: options.limits,
      endedState: (id) => {
        const state = this.#entries.get(id)?.document.state;
        return state === 'completed' || state === 'failed' || state === 'cancelled' ? state : undefined;
      },
    });
    for (const document of options.store.all().sort((a, b) => a.createdAt - b.createdAt)) this.#enter(document);
  }

  /** After a start of the kernel: what waited goes on waiting, what ran was broken off. A profile may be gone meanwhile. */
  recover(): void {
    const { limits, clock, audit } = this.#options;
    for (const entry of this.#entries.values()) {
      if (isEnded(entry.document) || Object.hasOwn(limits.profiles, entry.document.profile)) continue;
      this.#put(entry, withoutPlace(entry.document, clock.now()));
      audit.record(endRecord(entry.document));
    }
    const tasks = [...this.#entries.values()].flatMap(({ document }) => {
      if (isEnded(document)) return [];
      const { createdAt, state, failures } = document;
      return [{ spec: specOf(document), createdMs: createdAt, state, failures }];
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
        dependencies: task.dependencies.map((id) => seen.get(id)?.document.id ?? id),
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
    return made.map(({ id }) => this.get(seen.get(id)?.document.id ?? id));
  }

  /** What cannot be kept does not run: a key that nobody remembers would let it run twice. */
  async #keep(fresh: readonly TaskDocument[]): Promise<void> {
    try {
      await Promise.all(fresh.map(({ id }) => this.#options.store.putSynced(this.get(id))));
    } catch (cause) {
      for (const { id } of fresh) this.#apply({ type: 'cancel', task: id });
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
      isKnown: (id) => this.#entries.has(id),
      profileOf,
      effectOf,
    });
  }

  /**
   * Waits for its turn, and does the work then. The signal takes it out of the queue, or is handed on.
   * @throws what the work throws; Fault `cancelled`, `task_timeout`, `profile_unknown`
   */
  async inTurn<T>(order: TurnOrder, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const turn = await this.take(order, signal);
    try {
      const result = await work(turn.signal);
      turn.end({ ok: true });
      return result;
    } catch (thrown) {
      turn.end({ ok: false, failure: toFault(thrown), repeatable: false });
      throw thrown;
    }
  }

  /** A turn that its taker has to end, however its work goes. */
  async take(order: TurnOrder, signal: AbortSignal): Promise<{ signal: AbortSignal; end(outcome: TaskOutcome): void }> {
    if (signal.aborted) throw new Fault('cancelled', `Cannot begin ${order.kind}: it was cancelled`);
    if (this.#isClosed) throw new Fault('cancelled', `Cannot begin ${order.kind}: the kernel is closing`);
    const document = transientTask(order, this.#options.clock.now());
    let entered: Entry | undefined;
    // Resolves when its turn has come, or it has ended in the queue.
    const begun = new Promise<void>((resolve) => {
      entered = this.#enter(document, resolve);
    });
    const entry = entered ?? this.#enter(document);
    const leave = (): void => this.#apply({ type: 'cancel', task: document.id });
    signal.addEventListener('abort', leave, { once: true });
    this.#apply({ type: 'submit', tasks: [specOf(document)] });
    await begun;
    // Nobody knows which command is a server: what has run for so long does not keep others waiting any more.
    const lasting = this.#options.clock.setTimer(LASTS_AFTER_MS, () =>
      this.#apply({ type: 'lasts', task: document.id }),
    );
    const end = (outcome: TaskOutcome): void => {
      lasting[Symbol.dispose]();
      signal.removeEventListener('abort', leave);
      this.#apply({ type: 'finished', task: document.id, outcome });
    };
    if (isEnded(entry.document)) {
      lasting[Symbol.dispose]();
      signal.removeEventListener('abort', leave);
      throw new Fault('cancelled', `Cannot begin ${order.kind}: it was cancelled while it waited`);
    }
    return { signal: AbortSignal.any([signal, entry.abort.signal]), end };
  }

  /** Those that have not ended in the order they came, then the others, the newest first. */
  list(): TaskDocument[] {
    return this.#entries.list();
  }

  /** @throws Fault `not_found` */
  get(id: string): TaskDocument {
    const entry = this.#entries.get(id);
    if (entry !== undefined) return entry.document;
    throw new Fault('not_found', `Cannot find task "${id}": there is none of that id`, {
      fix: 'See `cavern task list`.',
    });
  }

  /** When those that wait may start; none where nothing of their kind was seen before. */
  forecast(): Forecast[] {
    const documents = [...this.#entries.values()].map(({ document }) => document);
    return forecast(documents, this.#options.limits, this.#options.clock.now());
  }

  cancel(id: string): TaskDocument {
    return this.#order(id, { type: 'cancel', task: id });
  }

  /** Everything of a session that goes. */
  cancelSession(session: string): void {
    for (const { document } of this.#entries.values()) {
      if (document.session === session && !isEnded(document)) this.cancel(document.id);
    }
  }

  hold(id: string): TaskDocument {
    return this.#order(id, { type: 'hold', task: id });
  }

  release(id: string): TaskDocument {
    return this.#order(id, { type: 'release', task: id });
  }

  prioritise(id: string, priority: Priority): TaskDocument {
    const entry = this.#entries.get(this.get(id).id);
    if (entry !== undefined && !isEnded(entry.document)) {
      this.#put(entry, { ...entry.document, priority });
    }
    return this.#order(id, { type: 'reprioritise', task: id, priority });
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
    for (const { abort } of this.#entries.values()) abort.abort();
    await Promise.allSettled(this.#performing);
  }

  #order(id: string, event: SchedulerEvent): TaskDocument {
    this.get(id);
    this.#apply(event);
    return this.get(id);
  }

  #enter(document: TaskDocument, begin?: () => void): Entry {
    const entry: Entry = {
      document,
      isKept: begin === undefined,
      abort: new AbortController(),
      begin: begin ?? (() => this.#perform(entry)),
      pausing: Promise.resolve(),
    };
    this.#entries.add(entry);
    return entry;
  }

  #apply(event: SchedulerEvent): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    const actions = this.#core.apply(event, clock.now());
    for (const action of actions) {
      const entry = this.#entries.get(action.task.spec.id);
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

  #record(change: TaskChange, entry: Entry): void {
    const atMs = this.#options.clock.now();
    const { failure, task } = change;
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
    if (entry.isKept) this.#options.audit.record(endRecord(next));
    else entry.begin();
  }

  #put(entry: Entry, document: TaskDocument): void {
    entry.document = document;
    if (entry.isKept) this.#options.store.put(document);
    this.#changed.publish(document);
  }

  /** That it runs is on disk before it does: what may not be repeated is not, whenever the kernel ends. What may be need not wait for the disk. */
  #perform(entry: Entry): void {
    const { id } = entry.document;
    const { signal } = entry.abort;
    const work = async (): Promise<void> => {
      let outcome: TaskOutcome;
      try {
        if (!mayRepeat(specOf(entry.document))) await this.#options.store.putSynced(entry.document);
        const result = await this.#options.perform(entry.document, signal);
        entry.document = { ...entry.document, result };
        outcome = { ok: true };
      } catch (thrown) {
        const fault = toFault(thrown);
        if (fault.data !== undefined) entry.document = { ...entry.document, result: fault.data };
        outcome = { ok: false, failure: fault, repeatable: !NOT_REPEATABLE.has(fault.code) };
      }
      this.#apply({ type: 'finished', task: id, outcome });
    };
    const performing = work().finally(() => this.#performing.delete(performing));
    this.#performing.add(performing);
  }
}
