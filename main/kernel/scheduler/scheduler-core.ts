import { assertNever } from '../../base/assert-never.ts';
import type { Action, EndedState, KeptTask, SchedulerEvent } from './decision.ts';
import { Ledger, type SchedulerLimits } from './ledger.ts';
import { chooseVictims } from './preemption.ts';
import type { SessionTurns } from './station.ts';
import {
  effectiveLevel,
  type Ending,
  type EndState,
  mayRepeat,
  PRIORITIES,
  type Priority,
  retryOf,
  Task,
  type TaskFailure,
  type TaskOutcome,
  type TaskSpec,
  type TaskState,
} from './task.ts';
import { Timers } from './timers.ts';
import { WaitingRoom } from './waiting-room.ts';

export interface SchedulerCoreOptions {
  readonly limits: SchedulerLimits;
  /** Of tasks that the core has forgotten because they ended. */
  readonly endedState: EndedState;
}

interface Reason {
  readonly why?: string;
  readonly by?: string;
  readonly beside?: string;
  readonly failure?: TaskFailure;
}

/**
 * Decides what runs, waits, is paused and ends (docs/scheduler.md). It does nothing itself and knows no clock: each event
 * comes with the time, and the answer is what is to be done. The same events at the same times give the same answers.
 */
export class SchedulerCore {
  readonly #limits: SchedulerLimits;
  readonly #endedState: EndedState;
  readonly #ledger: Ledger;
  readonly #waiting: WaitingRoom;
  readonly #timers = new Timers();
  readonly #tasks = new Map<string, Task>();
  readonly #running = new Set<Task>();
  /** In the order of their pausing. */
  readonly #paused = new Set<Task>();
  /** For whom a task is made to pause or end. */
  readonly #claims = new Map<Task, Task>();
  #reserved: Task | undefined;
  #pressure: 'none' | 'high' | 'critical' = 'none';
  /** Counts only time that goes forward: a clock that is set back does not make anything younger. */
  #nowMs = 0;
  #lastMs: number | undefined;
  #stamps = 0;
  #actions: Action[] = [];

  constructor({ limits, endedState }: SchedulerCoreOptions) {
    this.#limits = limits;
    this.#endedState = endedState;
    this.#ledger = new Ledger(limits);
    this.#waiting = new WaitingRoom(limits, this.#ledger);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** After so many milliseconds a `tick` is due; undefined while nothing waits for time. */
  get nextDueInMs(): number | undefined {
    const nextMs = this.#timers.nextMs;
    return nextMs === undefined ? undefined : Math.max(0, nextMs - this.#nowMs);
  }

  task(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  /** All that have not ended. */
  tasks(): IterableIterator<Task> {
    return this.#tasks.values();
  }

  /** For whom everybody else leaves room. */
  get reserved(): Task | undefined {
    return this.#reserved;
  }

  /** The priority that a waiting task has by now. */
  levelOf(task: Task): Priority {
    return task.state === 'paused' && task.run !== undefined ? this.#levelOfPaused(task) : this.#waiting.levelOf(task);
  }

  /** Takes notice of an event and answers what is to be done. Events of tasks that have ended are ignored. */
  apply(event: SchedulerEvent, wallMs: number): readonly Action[] {
    this.#actions = [];
    this.#nowMs = this.#lastMs === undefined ? wallMs : this.#nowMs + Math.max(0, wallMs - this.#lastMs);
    this.#lastMs = wallMs;
    this.#waiting.advance(this.#nowMs);
    for (let due = this.#timers.next(this.#nowMs); due !== undefined; due = this.#timers.next(this.#nowMs)) {
      this.#onDue(due);
    }
    this.#take(event);
    this.#decide();
    return this.#actions;
  }

  #take(event: SchedulerEvent): void {
    switch (event.type) {
      case 'submit':
        return this.#submit(event.tasks);
      case 'restore':
        return this.#restore(event.tasks);
      case 'terminals':
        return this.#waiting.setTerminals(event.session, event.open);
      case 'pressure':
        this.#pressure = event.level;
        if (event.level === 'critical') this.#shed();
        return undefined;
      case 'tick':
        return undefined;
      default: {
        const task = this.#tasks.get(event.task);
        return task === undefined ? undefined : this.#takeFor(task, event);
      }
    }
  }

  #takeFor(task: Task, event: Extract<SchedulerEvent, { task: string }>): void {
    switch (event.type) {
      case 'finished':
        return task.run === undefined ? undefined : this.#onFinished(task, event.outcome);
      case 'paused':
        return this.#onPaused(task);
      case 'pause_failed':
        return this.#onPauseFailed(task);
      case 'cancel':
        return this.#cancel(task);
      case 'hold':
        return this.#hold(task);
      case 'release':
        return this.#release(task);
      case 'reprioritise':
        return this.#reprioritise(task, event.priority);
      default:
        return assertNever(event);
    }
  }

  #submit(specs: readonly TaskSpec[]): void {
    const tasks = specs.map((spec) => new Task(spec, this.#nowMs));
    for (const task of tasks) this.#know(task);
    for (const task of tasks) this.#admit(task);
  }

  #restore(kept: readonly KeptTask[]): void {
    const tasks = kept.map(({ spec, createdMs, failures, priority }) => {
      const task = new Task(spec, createdMs);
      task.failures = failures;
      task.priority = priority ?? spec.priority;
      this.#know(task);
      return task;
    });
    for (const [index, task] of tasks.entries()) {
      const before = kept[index]?.state ?? 'queued';
      const wasBrokenOff = before === 'running' || before === 'paused';
      if (wasBrokenOff && !mayRepeat(task.spec)) {
        task.state = before;
        this.#end(task, 'failed', { failure: { code: 'interrupted', message: 'The kernel ended while it ran' } });
      } else this.#admit(task, wasBrokenOff ? { why: 'interrupted' } : {});
    }
  }

  #know(task: Task): void {
    this.#tasks.set(task.spec.id, task);
    this.#waiting.joined(task);
  }

  /** Queues a new task, or has it wait for those it depends on. */
  #admit(task: Task, reason: Reason = {}): void {
    if (this.#tasks.get(task.spec.id) !== task) return;
    for (const id of task.spec.dependencies) {
      const dependency = this.#tasks.get(id);
      const ended = dependency === undefined ? (this.#endedState(id) ?? 'failed') : undefined;
      if (dependency !== undefined) {
        (dependency.dependents ??= []).push(task);
        task.waitingFor += 1;
      } else if (ended !== 'completed') {
        this.#changed(task, undefined, 'waiting_dependency', reason);
        return this.#end(task, 'failed', { failure: dependencyFailure(id) });
      }
    }
    this.#changed(task, undefined, task.waitingFor > 0 ? 'waiting_dependency' : 'queued', reason);
    if (task.waitingFor === 0) this.#waiting.add(task, this.#nowMs);
  }

  #onDue(task: Task): void {
    const { run } = task;
    if (run === undefined) {
      task.notBeforeMs = 0;
      if (!task.heldByHand) this.#waiting.add(task, this.#nowMs);
    } else if (run.phase === 'settling') {
      this.#phase(task, 'pausing');
      this.#actions.push({ type: 'pause', task });
    } else if (run.phase === 'running') this.#break(task, 'timeout');
  }

  #onFinished(task: Task, outcome: TaskOutcome): void {
    const ending = task.run?.ending;
    this.#leave(task);
    if (outcome.ok) this.#end(task, 'completed');
    else if (ending === 'cancelled') this.#end(task, 'cancelled');
    else if (ending === 'timeout') {
      const message = `It ran longer than its ${task.spec.timeoutMs} ms`;
      this.#end(task, 'failed', { failure: { code: 'timeout', message } });
    } else if (ending === 'preempted') this.#onPreempted(task);
    else this.#onFailure(task, outcome);
  }

  #onPreempted(task: Task): void {
    if (mayRepeat(task.spec)) {
      this.#putBack(task, { why: 'preempted' });
    } else {
      const message = 'It was ended to make room for one of higher priority, and may not be repeated';
      this.#end(task, 'failed', { failure: { code: 'preempted', message } });
    }
  }

  #onFailure(task: Task, { failure, repeatable }: Extract<TaskOutcome, { ok: false }>): void {
    const retry = retryOf(task.spec);
    task.failures += 1;
    if (!repeatable || retry === undefined || task.failures > retry.times) {
      return this.#end(task, 'failed', { failure });
    }
    if (task.heldByHand || retry.delayMs === 0) return this.#putBack(task, { why: 'retry', failure });
    this.#changed(task, task.state, 'queued', { why: 'retry', failure });
    task.notBeforeMs = this.#nowMs + retry.delayMs;
    this.#timers.set(task, task.notBeforeMs);
  }

  /** To where it was in the queue; one that a person holds waits for that person. */
  #putBack(task: Task, reason: Reason): void {
    this.#changed(task, task.state, 'queued', reason);
    if (task.heldByHand) this.#changed(task, 'queued', 'paused', { why: 'by hand' });
    else this.#waiting.add(task, this.#nowMs);
  }

  /** Gives back what a run has taken. */
  #leave(task: Task): void {
    const room = this.#waiting.roomOf(task);
    if (this.#paused.has(task)) this.#ledger.endPaused(room);
    else this.#ledger.end(room);
    this.#running.delete(task);
    this.#paused.delete(task);
    this.#claims.delete(task);
    const session = this.#waiting.session(task.spec.session);
    session.running.delete(task);
    this.#goOn(task, session);
    task.run = undefined;
  }

  /** The sandbox of a session that this task made to stand still is in use again. */
  #goOn(task: Task, session: SessionTurns): void {
    if (session.paused !== task) return;
    session.paused = undefined;
    this.#waiting.relist(session);
  }

  #end(task: Task, state: EndState, reason: Reason = {}): void {
    const ended: { task: Task; state: EndState; reason: Reason }[] = [{ task, state, reason }];
    for (let one = ended.pop(); one !== undefined; one = ended.pop()) {
      const { id } = one.task.spec;
      // It may depend on several that failed.
      if (this.#tasks.get(id) !== one.task) continue;
      this.#waiting.remove(one.task);
      this.#tasks.delete(id);
      this.#waiting.left(one.task);
      one.task.notBeforeMs = 0;
      this.#changed(one.task, one.task.state, one.state, one.reason);
      for (const [victim, claimant] of this.#claims) if (claimant === one.task) this.#claims.delete(victim);
      for (const dependent of one.task.dependents ?? []) {
        if (this.#tasks.get(dependent.spec.id) !== dependent) continue;
        if (one.state === 'completed') this.#onDependency(dependent);
        else ended.push({ task: dependent, state: 'failed', reason: { failure: dependencyFailure(id) } });
      }
      one.task.dependents = undefined;
    }
  }

  #onDependency(task: Task): void {
    task.waitingFor -= 1;
    if (task.waitingFor > 0) return;
    this.#changed(task, 'waiting_dependency', task.heldByHand ? 'paused' : 'queued', {});
    if (!task.heldByHand) this.#waiting.add(task, this.#nowMs);
  }

  #cancel(task: Task): void {
    if (task.run === undefined) this.#end(task, 'cancelled');
    else this.#break(task, 'cancelled');
  }

  /** Makes a running or paused task end; how it did is told by `finished`. */
  #break(task: Task, ending: Ending, by?: Task): void {
    const { run } = task;
    if (run === undefined || (run.phase === 'ending' && !(ending === 'cancelled' && run.ending === 'preempted')))
      return;
    const isTold = run.phase === 'ending';
    run.ending = ending;
    if (by !== undefined) this.#claims.set(task, by);
    if (isTold) return;
    this.#phase(task, 'ending');
    this.#actions.push({ type: 'end', task, ending });
  }

  #hold(task: Task): void {
    if (task.heldByHand) return;
    const { run } = task;
    if (run?.phase === 'ending' || (run?.phase === 'running' && !this.#isAlone(task))) return;
    task.heldByHand = true;
    if (run?.phase === 'running') this.#settle(task);
    else if (task.state === 'queued') {
      this.#waiting.remove(task);
      this.#changed(task, 'queued', 'paused', { why: 'by hand' });
    }
  }

  /** Its sandbox may stand still: nobody else works in it. */
  #isAlone({ spec }: Task): boolean {
    const session = this.#waiting.session(spec.session);
    return session.id !== '' && session.running.size === 1 && session.paused === undefined && session.terminals === 0;
  }

  #release(task: Task): void {
    if (!task.heldByHand) return;
    task.heldByHand = false;
    if (task.run === undefined && task.state === 'paused') {
      this.#changed(task, 'paused', 'queued', { why: 'by hand' });
      if (task.notBeforeMs === 0) this.#waiting.add(task, this.#nowMs);
    }
  }

  #reprioritise(task: Task, priority: Priority): void {
    const isQueued = task.line !== undefined;
    if (isQueued) this.#waiting.remove(task);
    task.priority = priority;
    if (this.#reserved === task) this.#dropReservation();
    if (isQueued) this.#waiting.add(task, this.#nowMs);
  }

  #settle(task: Task, by?: Task): void {
    const session = this.#waiting.session(task.spec.session);
    session.paused = task;
    if (task.run !== undefined) task.run.pausedFor = by?.spec.id;
    if (by !== undefined) this.#claims.set(task, by);
    this.#phase(task, 'settling');
    this.#timers.set(task, this.#nowMs + this.#limits.settleMs);
    this.#actions.push({ type: 'settle', task });
  }

  #onPaused(task: Task): void {
    const { run } = task;
    if (run === undefined || run.phase !== 'pausing') return;
    const by = run.pausedFor;
    this.#claims.delete(task);
    this.#phase(task, 'paused');
    run.usedMs += this.#nowMs - run.startedMs;
    run.pausedMs = this.#nowMs;
    this.#ledger.pause(this.#waiting.roomOf(task));
    this.#running.delete(task);
    this.#paused.add(task);
    this.#changed(task, 'running', 'paused', by === undefined ? { why: 'by hand' } : { by });
  }

  #onPauseFailed(task: Task): void {
    const { run } = task;
    if (run === undefined || run.phase !== 'pausing') return;
    this.#claims.delete(task);
    run.unpausable = true;
    this.#phase(task, 'running');
    this.#setTimeout(task);
    this.#goOn(task, this.#waiting.session(task.spec.session));
  }

  #shed(): void {
    for (const task of [...this.#running, ...this.#paused]) {
      if (task.spec.preemptible) this.#break(task, 'preempted');
    }
  }

  #decide(): void {
    for (let task = this.#next(); task !== undefined; task = this.#next()) {
      if (task.run !== undefined) this.#resume(task);
      else if (this.#isExpired(task)) {
        const message = `It waited longer than its ${task.spec.ttlMs} ms`;
        this.#end(task, 'failed', { failure: { code: 'expired', message } });
      } else this.#start(task);
    }
    if (this.#pressure === 'none') this.#preempt();
  }

  /** Whose turn it is, if there is room for it. */
  #next(): Task | undefined {
    this.#reserve();
    if (this.#ledger.isFull) return undefined;
    for (const level of PRIORITIES) {
      const task = this.#firstPaused(level) ?? (this.#pressure === 'none' ? this.#firstQueued(level) : undefined);
      if (task !== undefined) return task;
    }
    return undefined;
  }

  #firstPaused(level: Priority): Task | undefined {
    for (const task of this.#paused) {
      if (task.heldByHand || task.run?.phase !== 'paused' || this.#levelOfPaused(task) !== level) continue;
      // It has its memory; to leave it where it is would keep that from everybody.
      if (this.#ledger.hasSlot(this.#waiting.roomOf(task))) return task;
    }
    return undefined;
  }

  #firstQueued(level: Priority): Task | undefined {
    const reserved = this.#reserved;
    if (reserved !== undefined && this.#waiting.levelOf(reserved) === level) {
      const room = this.#waiting.roomOf(reserved);
      if (this.#ledger.hasSlot(room) && this.#ledger.hasMemory(room)) return reserved;
    }
    return this.#waiting.first(level);
  }

  /** It does not wait behind those that its own pause keeps waiting. */
  #levelOfPaused({ run, spec }: Task): Priority {
    const own = effectiveLevel(run?.level ?? 5, this.#nowMs - (run?.pausedMs ?? 0), this.#limits.ageThresholdMs);
    const best = this.#waiting.bestOf(this.#waiting.session(spec.session)) ?? own;
    return best < own ? best : own;
  }

  /** Keeps what is needed for one that has waited to its limit and is too large for what is free. */
  #reserve(): void {
    const isOver = this.#reserved?.line === undefined || this.#reserved.line.station.session.paused !== undefined;
    if (!isOver) return;
    this.#reserved = this.#waiting.starving();
    this.#ledger.reservedFor = this.#reserved && this.#waiting.roomOf(this.#reserved);
  }

  #dropReservation(): void {
    this.#reserved = undefined;
    this.#ledger.reservedFor = undefined;
  }

  #isExpired({ spec, createdMs }: Task): boolean {
    return spec.ttlMs !== undefined && this.#nowMs - createdMs > spec.ttlMs;
  }

  #start(task: Task): void {
    const level = this.#waiting.levelOf(task);
    this.#waiting.remove(task);
    this.#ledger.start(this.#waiting.roomOf(task));
    const session = this.#waiting.session(task.spec.session);
    session.running.add(task);
    this.#waiting.serve(session);
    this.#running.add(task);
    task.run = {
      level,
      phase: 'running',
      stamp: 0,
      startedMs: this.#nowMs,
      usedMs: 0,
      pausedMs: 0,
      ending: undefined,
      pausedFor: undefined,
      unpausable: false,
    };
    this.#setTimeout(task);
    this.#changed(task, 'queued', 'running', this.#reserved === undefined ? {} : { beside: this.#reserved.spec.id });
    this.#actions.push({ type: 'start', task });
  }

  #resume(task: Task): void {
    const session = this.#waiting.session(task.spec.session);
    this.#paused.delete(task);
    this.#running.add(task);
    this.#ledger.resume(this.#waiting.roomOf(task));
    this.#waiting.serve(session);
    this.#phase(task, 'running');
    if (task.run !== undefined) task.run.startedMs = this.#nowMs;
    this.#setTimeout(task);
    this.#changed(task, 'paused', 'running', {});
    this.#actions.push({ type: 'resume', task });
    this.#goOn(task, session);
  }

  /** For each profile whose first task cannot start: looks for somebody of lower priority to make room. */
  #preempt(): void {
    for (const level of PRIORITIES) {
      if (!this.#hasVictimsBelow(level)) return;
      for (const claimant of this.#waiting.firstOfEach(level)) {
        // What waiting has lifted goes before others in the queue; it takes nothing from those that run.
        if (this.#isClaiming(claimant)) continue;
        // What is kept for itself does not stand in its way, and nothing is kept from those of priority 1.
        const { reservedFor } = this.#ledger;
        if (claimant === this.#reserved || claimant.priority === 1) this.#ledger.reservedFor = undefined;
        // By its given priority: what waiting has lifted goes before others in the queue, it takes nothing from those that run.
        const chosen = chooseVictims(claimant, {
          running: this.#running,
          ledger: this.#ledger,
          roomOf: (task) => this.#waiting.roomOf(task),
          sessionOf: (task) => this.#waiting.session(task.spec.session),
          nowMs: this.#nowMs,
        });
        this.#ledger.reservedFor = reservedFor;
        for (const victim of chosen.victims) {
          if (chosen.how === 'pause') this.#settle(victim, claimant);
          else this.#break(victim, 'preempted', claimant);
        }
      }
    }
  }

  #hasVictimsBelow(level: Priority): boolean {
    for (const { spec, run } of this.#running) {
      if (spec.preemptible && run !== undefined && run.phase === 'running' && run.level > level) return true;
    }
    return false;
  }

  #isClaiming(claimant: Task): boolean {
    for (const other of this.#claims.values()) if (other === claimant) return true;
    return false;
  }

  #setTimeout(task: Task): void {
    const { run, spec } = task;
    if (run !== undefined) this.#timers.set(task, run.startedMs + spec.timeoutMs - run.usedMs);
  }

  #phase(task: Task, phase: NonNullable<Task['run']>['phase']): void {
    if (task.run === undefined) return;
    task.run.phase = phase;
    task.run.stamp = this.#stamps += 1;
  }

  #changed(task: Task, from: TaskState | undefined, to: TaskState, reason: Reason): void {
    task.state = to;
    this.#actions.push({ type: 'changed', task, atMs: this.#nowMs, from, to, ...reason });
  }
}

function dependencyFailure(id: string): TaskFailure {
  return { code: 'dependency_failed', message: `dependency failed: ${id}` };
}
