import type { KeptTask, KnownTask } from './decision.ts';
import type { Decisions, Reason } from './decisions.ts';
import { type EndState, isEndState, mayRepeat, type Task, type TaskFailure, type TaskSpec } from './task.ts';
import type { WaitingRoom } from './waiting-room.ts';

export interface TaskGraphParts {
  readonly decisions: Decisions;
  readonly waiting: WaitingRoom;
  readonly known: KnownTask;
  readonly onEnd: (task: Task) => void;
}

const INTERRUPTED: TaskFailure = { code: 'interrupted', message: 'The kernel ended while it ran' };

/** Of the tasks of one event, by id: those outside do not know them yet. */
type Batch = ReadonlyMap<string, Task>;

/** Who waits for whom, and how tasks begin and end. */
export class TaskGraph {
  readonly #parts: TaskGraphParts;

  constructor(parts: TaskGraphParts) {
    this.#parts = parts;
  }

  submit(specs: readonly TaskSpec[]): void {
    const { decisions, waiting } = this.#parts;
    const [first] = specs;
    if (first !== undefined && specs.length === 1) return this.#admit(waiting.joined(first, decisions.nowMs));
    const tasks = specs.map((spec) => waiting.joined(spec, decisions.nowMs));
    const batch = new Map(tasks.map((task) => [task.spec.id, task]));
    for (const task of tasks) this.#admit(task, { batch });
  }

  restore(kept: readonly KeptTask[]): void {
    const { decisions, waiting } = this.#parts;
    const tasks = kept.map(({ spec, createdMs, failures, priority }) => {
      const task = waiting.joined(spec, decisions.innerMs(createdMs));
      task.failures = failures;
      task.priority = priority ?? spec.priority;
      return task;
    });
    const batch = new Map(tasks.map((task) => [task.spec.id, task]));
    for (const [index, task] of tasks.entries()) {
      const before = kept[index]?.state ?? 'queued';
      const wasBrokenOff = before === 'running' || before === 'paused';
      if (wasBrokenOff && !mayRepeat(task.spec)) {
        task.state = before;
        this.end(task, 'failed', { failure: INTERRUPTED });
      } else this.#admit(task, wasBrokenOff ? { batch, reason: { why: 'interrupted' } } : { batch });
    }
  }

  /** Ends a task, and with it all that depend on it and cannot run any more. */
  end(task: Task, state: EndState, reason?: Reason): void {
    this.#endOne(task, state, reason);
    if (task.dependents === undefined) return;
    const failing: { task: Task; failure: TaskFailure }[] = [];
    this.#tellDependents(task, failing);
    for (let one = failing.pop(); one !== undefined; one = failing.pop()) {
      // It may depend on several that failed.
      if (isEndState(one.task.state)) continue;
      this.#endOne(one.task, 'failed', { failure: one.failure });
      this.#tellDependents(one.task, failing);
    }
  }

  #tellDependents(task: Task, failing: { task: Task; failure: TaskFailure }[]): void {
    const { dependents = [], spec } = task;
    task.dependents = undefined;
    for (const dependent of dependents) {
      if (isEndState(dependent.state)) continue;
      if (task.state === 'completed') this.#onDependency(dependent);
      else failing.push({ task: dependent, failure: dependencyFailure(spec.id) });
    }
  }

  /** Queues a new task, or has it wait for those it depends on. */
  #admit(task: Task, { batch, reason }: { readonly batch?: Batch; readonly reason?: Reason } = {}): void {
    const { decisions, waiting } = this.#parts;
    for (const id of task.spec.dependencies) {
      const dependency = batch?.get(id) ?? this.#parts.known(id) ?? 'failed';
      const state = typeof dependency === 'string' ? dependency : dependency.state;
      if (typeof dependency !== 'string' && !isEndState(dependency.state)) {
        (dependency.dependents ??= []).push(task);
        task.waitingFor += 1;
      } else if (state !== 'completed') {
        decisions.appeared(task, 'waiting_dependency', reason);
        return this.end(task, 'failed', { failure: dependencyFailure(id) });
      }
    }
    decisions.appeared(task, task.waitingFor > 0 ? 'waiting_dependency' : 'queued', reason);
    if (task.waitingFor === 0) waiting.add(task, decisions.nowMs);
  }

  #endOne(task: Task, state: EndState, reason?: Reason): void {
    const { decisions, waiting, onEnd } = this.#parts;
    waiting.remove(task);
    waiting.left(task);
    task.notBeforeMs = 0;
    decisions.changed(task, state, reason);
    onEnd(task);
  }

  #onDependency(task: Task): void {
    const { decisions, waiting } = this.#parts;
    task.waitingFor -= 1;
    if (task.waitingFor > 0) return;
    decisions.changed(task, task.heldByHand ? 'paused' : 'queued');
    if (!task.heldByHand) waiting.add(task, decisions.nowMs);
  }
}

function dependencyFailure(id: string): TaskFailure {
  return { code: 'dependency_failed', message: `dependency failed: ${id}` };
}
