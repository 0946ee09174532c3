import type { Schedule, ScheduleRequest, ScheduleRun } from '../../../schema/contract/schedule.ts';
import type { Submitter } from '../../../schema/contract/task.ts';
import type { ScheduleId } from '../../../schema/entities.ts';
import { Fault, toFault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import { checkMissedRule, judgeDueTimes } from './missed-times.ts';
import type { SchedulerAudit } from './ports.ts';
import { type Recurrence, recurrenceOf } from './recurrence.ts';
import type { Scheduler } from './scheduler.ts';

/** Where schedules and what became of their times are kept. */
export interface ScheduleStore {
  all(): Schedule[];
  put(schedule: Schedule): void;
  putSynced(schedule: Schedule): Promise<void>;
  delete(id: string): void;
  runs(): ScheduleRun[];
  putRun(run: ScheduleRun): void;
  deleteRun(id: string): void;
}

export interface SchedulesOptions {
  readonly store: ScheduleStore;
  readonly scheduler: Pick<Scheduler, 'submit' | 'check'>;
  readonly audit: SchedulerAudit;
  readonly clock: Clock;
}

/** However far the next time is: a clock that was set, or a machine that slept, is noticed after this. */
const LOOK_AT_LEAST_EVERY_MS = 30_000;
/** Of the times that passed while nobody looked, so many are told one by one. */
const LISTED_TIMES = 1000;
const RUNS_KEPT = 1000;

/** Tasks that are submitted again and again. */
export class Schedules implements Disposable {
  readonly #options: SchedulesOptions;
  readonly #schedules = new Map<string, Schedule>();
  readonly #recurrences = new Map<string, Recurrence>();
  readonly #runs: ScheduleRun[];
  #timer: Disposable | undefined;
  #looking = Promise.resolve();
  #isClosed = false;

  constructor(options: SchedulesOptions) {
    this.#options = options;
    this.#runs = options.store.runs().sort((a, b) => a.at - b.at || a.dueAt - b.dueAt);
    for (const schedule of options.store.all()) {
      this.#schedules.set(schedule.id, schedule);
      this.#recurrences.set(schedule.id, recurrenceOf(schedule, schedule.createdAt));
    }
  }

  /** Looks at what has passed, and from then on whenever a time comes. Resolves when what has passed is dealt with. */
  async look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookAtAll());
    await this.#looking;
  }

  list(): Schedule[] {
    return [...this.#schedules.values()].sort((a, b) => a.createdAt - b.createdAt);
  }

  /** The newest first. */
  history(id: string): ScheduleRun[] {
    this.#get(id);
    return this.#runs.filter((run) => run.schedule === id).reverse();
  }

  /** @throws Fault `schedule_invalid`, `task_invalid`, `profile_unknown` */
  async add(request: ScheduleRequest, by: Submitter): Promise<Schedule> {
    return this.#keep(newId<ScheduleId>(), request, by);
  }

  /** @throws Fault `not_found`, and what `add` throws */
  async edit(id: ScheduleId, request: ScheduleRequest, by: Submitter): Promise<Schedule> {
    const { createdAt, state } = this.#get(id);
    return this.#keep(id, request, by, { createdAt, state });
  }

  /** What passes while it is paused is not missed. */
  setState(id: ScheduleId, state: Schedule['state']): Schedule {
    const schedule = this.#get(id);
    const doneUntil = state === 'active' && schedule.state === 'paused' ? this.#nowMs : schedule.doneUntil;
    const changed = this.#put({ ...schedule, state, doneUntil });
    void this.look();
    return changed;
  }

  remove(id: ScheduleId): ScheduleId {
    this.#get(id);
    this.#schedules.delete(id);
    this.#recurrences.delete(id);
    this.#options.store.delete(id);
    return id;
  }

  /** @throws Fault `task_invalid`, `profile_unknown` */
  async runNow(id: ScheduleId): Promise<ScheduleRun> {
    const schedule = this.#get(id);
    const [task] = await this.#options.scheduler.submit([schedule.task], schedule.by);
    return this.#tell(schedule, {
      dueAt: this.#nowMs,
      outcome: 'submitted',
      why: 'by hand',
      ...(task ? { task: task.id } : {}),
    });
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
  }

  get #nowMs(): number {
    return this.#options.clock.now();
  }

  async #keep(
    id: ScheduleId,
    request: ScheduleRequest,
    by: Submitter,
    former?: Pick<Schedule, 'createdAt' | 'state'>,
  ): Promise<Schedule> {
    const nowMs = this.#nowMs;
    const recurrence = recurrenceOf(request, nowMs);
    this.#options.scheduler.check([request.task]);
    const { missed = { run: 'once' }, ...rest } = request;
    checkMissedRule(request.name, missed);
    const schedule: Schedule = {
      id,
      ...rest,
      timeZone: recurrence.timeZone,
      missed,
      state: former?.state ?? 'active',
      createdAt: former?.createdAt ?? nowMs,
      by,
      doneUntil: nowMs,
      next: recurrence.after(nowMs) ?? null,
    };
    this.#recurrences.set(id, recurrence);
    this.#schedules.set(id, schedule);
    await this.#options.store.putSynced(schedule);
    await this.look();
    return schedule;
  }

  async #lookAtAll(): Promise<void> {
    if (this.#isClosed) return;
    for (const schedule of this.list()) {
      if (schedule.state === 'active') await this.#lookAt(schedule);
    }
    // Closed meanwhile: what was submitted is the last.
    if (this.#isClosed) return;
    const nextMs = Math.min(...this.list().map(({ state, next }) => (state === 'active' && next) || Infinity));
    const delayMs = Math.min(LOOK_AT_LEAST_EVERY_MS, Math.max(0, nextMs - this.#nowMs));
    this.#timer?.[Symbol.dispose]();
    this.#timer =
      this.#schedules.size === 0 ? undefined : this.#options.clock.setTimer(delayMs, () => void this.look());
  }

  async #lookAt(schedule: Schedule): Promise<void> {
    const recurrence = this.#recurrences.get(schedule.id);
    if (recurrence === undefined) return;
    const nowMs = this.#nowMs;
    const due: number[] = [];
    let untold = 0;
    for (let at = recurrence.after(schedule.doneUntil); at !== undefined && at <= nowMs; at = recurrence.after(at)) {
      due.push(at);
      if (due.length > LISTED_TIMES) {
        due.shift();
        untold += 1;
      }
    }
    if (due.length === 0) return;
    if (untold > 0)
      this.#miss(schedule, schedule.doneUntil, `${untold} times before the last ${LISTED_TIMES} passed unseen`);
    for (const { dueMs, why } of judgeDueTimes(due, nowMs, schedule.missed)) {
      if (why === undefined) await this.#submit(schedule, dueMs);
      else this.#miss(schedule, dueMs, why);
    }
    const current = this.#schedules.get(schedule.id);
    if (current !== undefined) this.#put({ ...current, doneUntil: due.at(-1) ?? nowMs });
  }

  /** The key has it submitted once, also when the kernel ends before it is noted that it was. */
  async #submit(schedule: Schedule, dueMs: number): Promise<void> {
    const idempotencyKey = `schedule ${schedule.id} ${dueMs}`;
    try {
      const [task] = await this.#options.scheduler.submit([{ ...schedule.task, idempotencyKey }], schedule.by);
      this.#tell(schedule, { dueAt: dueMs, outcome: 'submitted', ...(task ? { task: task.id } : {}) });
    } catch (thrown) {
      this.#tell(schedule, { dueAt: dueMs, outcome: 'refused', why: toFault(thrown).message });
    }
  }

  #miss(schedule: Schedule, dueMs: number, why: string): void {
    this.#tell(schedule, { dueAt: dueMs, outcome: 'missed', why });
    const data = { schedule: schedule.id, name: schedule.name, dueAt: dueMs };
    this.#options.audit.record({ type: 'schedule_missed', actor: 'kernel', reason: why, data });
  }

  #tell(schedule: Schedule, told: Omit<ScheduleRun, 'id' | 'schedule' | 'at'>): ScheduleRun {
    const run: ScheduleRun = { id: newId(), schedule: schedule.id, at: this.#nowMs, ...told };
    this.#runs.push(run);
    this.#options.store.putRun(run);
    for (const old of this.#runs.splice(0, Math.max(0, this.#runs.length - RUNS_KEPT))) {
      this.#options.store.deleteRun(old.id);
    }
    return run;
  }

  #put(schedule: Schedule): Schedule {
    const next = this.#recurrences.get(schedule.id)?.after(Math.max(schedule.doneUntil, this.#nowMs - 1)) ?? null;
    const changed = { ...schedule, next };
    this.#schedules.set(schedule.id, changed);
    this.#options.store.put(changed);
    return changed;
  }

  #get(id: string): Schedule {
    const schedule = this.#schedules.get(id);
    if (schedule !== undefined) return schedule;
    throw new Fault('not_found', `Cannot find schedule "${id}": there is none of that id`, {
      fix: 'See `cavern schedule list`.',
    });
  }
}
