import { assertNever } from '../../base/assert-never.ts';
import type { Action, KnownTask, SchedulerEvent } from './decision.ts';
import { Decisions, type Reason } from './decisions.ts';
import { Dispatcher } from './dispatcher.ts';
import { Ledger, type SchedulerLimits } from './ledger.ts';
import { RunningTasks } from './running-tasks.ts';
import { TaskGraph } from './task-graph.ts';
import { isEndState, mayRepeat, type Priority, retryOf, type Task, type TaskOutcome } from './task.ts';
import { Timers } from './timers.ts';
import { WaitingRoom } from './waiting-room.ts';

export interface SchedulerCoreOptions {
  readonly limits: SchedulerLimits;
  /** Asked for what new tasks depend on. */
  readonly known: KnownTask;
}

/**
 * Decides what runs, waits, is paused and ends (docs/scheduler.md). It does nothing itself and knows no clock: each event
 * comes with the time, and the answer is what is to be done. The same events at the same times give the same answers.
 */
export class SchedulerCore {
  readonly #decisions = new Decisions();
  readonly #timers = new Timers();
  readonly #waiting: WaitingRoom;
  readonly #graph: TaskGraph;
  readonly #runs: RunningTasks;
  readonly #dispatcher: Dispatcher;
  #pressure: 'none' | 'high' | 'critical' = 'none';

  constructor({ limits, known }: SchedulerCoreOptions) {
    const decisions = this.#decisions;
    const ledger = new Ledger(limits);
    const waiting = new WaitingRoom(limits, ledger);
    const { ageThresholdMs, settleMs } = limits;
    const runs = new RunningTasks({ decisions, ledger, waiting, timers: this.#timers, settleMs });
    const onEnd = (task: Task): void => runs.dropClaimsOf(task);
    this.#waiting = waiting;
    this.#runs = runs;
    this.#graph = new TaskGraph({ decisions, waiting, known, onEnd });
    this.#dispatcher = new Dispatcher({ decisions, ledger, waiting, runs, graph: this.#graph, ageThresholdMs });
  }

  get nowMs(): number {
    return this.#decisions.outerNowMs;
  }

  /** After so many milliseconds a `tick` is due; undefined while nothing waits for time. */
  get nextDueInMs(): number | undefined {
    const nextMs = this.#timers.nextMs;
    return nextMs === undefined ? undefined : Math.max(0, nextMs - this.#decisions.nowMs);
  }

  /** For whom everybody else leaves room. */
  get reserved(): Task | undefined {
    return this.#dispatcher.reserved;
  }

  /** The priority that a waiting task has by now. */
  levelOf(task: Task): Priority {
    const isPaused = task.state === 'paused' && task.run !== undefined;
    return isPaused ? this.#dispatcher.levelOfPaused(task) : this.#waiting.levelOf(task);
  }

  /** Takes notice of an event and answers what is to be done. Events of tasks that have ended are ignored. */
  apply(event: SchedulerEvent, wallMs: number): readonly Action[] {
    const decisions = this.#decisions;
    decisions.advance(wallMs);
    const { nowMs } = decisions;
    this.#waiting.advance(nowMs);
    for (let due = this.#timers.next(nowMs); due !== undefined; due = this.#timers.next(nowMs)) this.#onDue(due);
    this.#take(event);
    this.#dispatcher.decide(this.#pressure);
    return decisions.take();
  }

  #take(event: SchedulerEvent): void {
    switch (event.type) {
      case 'submit':
        return this.#graph.submit(event.tasks);
      case 'restore':
        return this.#graph.restore(event.tasks);
      case 'terminals':
        return this.#waiting.setTerminals(event.session, event.open);
      case 'pressure':
        this.#pressure = event.level;
        if (event.level === 'critical') this.#runs.shed();
        return undefined;
      case 'tick':
        return undefined;
      default:
        return isEndState(event.task.state) ? undefined : this.#takeFor(event.task, event);
    }
  }

  #takeFor(task: Task, event: Extract<SchedulerEvent, { task: Task }>): void {
    switch (event.type) {
      case 'finished':
        return task.run === undefined ? undefined : this.#onFinished(task, event.outcome);
      case 'paused':
        return this.#runs.onPaused(task);
      case 'pause_failed':
        return this.#runs.onPauseFailed(task);
      case 'lasts':
        return this.#runs.lend(task);
      case 'cancel':
        if (task.run === undefined) return this.#graph.end(task, 'cancelled');
        return this.#runs.break(task, 'cancelled');
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

  #onDue(task: Task): void {
    const { run } = task;
    if (run === undefined) {
      task.notBeforeMs = 0;
      if (!task.heldByHand) this.#waiting.add(task, this.#decisions.nowMs);
    } else if (run.phase === 'settling') this.#runs.onSettled(task);
    else if (run.phase === 'running') this.#runs.break(task, 'timeout');
  }

  #onFinished(task: Task, outcome: TaskOutcome): void {
    const ending = task.run?.ending;
    this.#runs.leave(task);
    if (outcome.ok) this.#graph.end(task, 'completed');
    else if (ending === 'cancelled') this.#graph.end(task, 'cancelled');
    else if (ending === 'timeout') {
      const message = `It ran longer than its ${task.spec.timeoutMs} ms`;
      this.#graph.end(task, 'failed', { failure: { code: 'timeout', message } });
    } else if (ending === 'preempted') this.#onPreempted(task);
    else this.#onFailure(task, outcome);
  }

  #onPreempted(task: Task): void {
    if (mayRepeat(task.spec)) {
      this.#putBack(task, { why: 'preempted' });
    } else {
      const message = 'It was ended to make room for one of higher priority, and may not be repeated';
      this.#graph.end(task, 'failed', { failure: { code: 'preempted', message } });
    }
  }

  #onFailure(task: Task, { failure, repeatable }: Extract<TaskOutcome, { ok: false }>): void {
    const retry = retryOf(task.spec);
    task.failures += 1;
    if (!repeatable || retry === undefined || task.failures > retry.times) {
      return this.#graph.end(task, 'failed', { failure });
    }
    if (task.heldByHand || retry.delayMs === 0) return this.#putBack(task, { why: 'retry', failure });
    this.#decisions.changed(task, 'queued', { why: 'retry', failure });
    task.notBeforeMs = this.#decisions.nowMs + retry.delayMs;
    this.#timers.set(task, task.notBeforeMs);
  }

  /** To where it was in the queue; one that a person holds waits for that person. */
  #putBack(task: Task, reason: Reason): void {
    this.#decisions.changed(task, 'queued', reason);
    if (task.heldByHand) this.#decisions.changed(task, 'paused', { why: 'by hand' });
    else this.#waiting.add(task, this.#decisions.nowMs);
  }

  #hold(task: Task): void {
    if (task.heldByHand) return;
    const { run } = task;
    if (run?.phase === 'ending' || (run?.phase === 'running' && !this.#runs.isAlone(task))) return;
    task.heldByHand = true;
    if (run?.phase === 'running') this.#runs.settle(task);
    else if (task.state === 'queued') {
      this.#waiting.remove(task);
      this.#decisions.changed(task, 'paused', { why: 'by hand' });
    }
  }

  #release(task: Task): void {
    if (!task.heldByHand) return;
    task.heldByHand = false;
    if (task.run === undefined && task.state === 'paused') {
      this.#decisions.changed(task, 'queued', { why: 'by hand' });
      if (task.notBeforeMs === 0) this.#waiting.add(task, this.#decisions.nowMs);
    }
  }

  #reprioritise(task: Task, priority: Priority): void {
    const isQueued = task.line !== undefined;
    if (isQueued) this.#waiting.remove(task);
    task.priority = priority;
    this.#dispatcher.dropReservationOf(task);
    if (isQueued) this.#waiting.add(task, this.#decisions.nowMs);
  }
}
