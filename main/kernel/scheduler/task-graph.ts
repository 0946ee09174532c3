import type { EndedState, KeptTask } from './decision.ts';
import type { Decisions, Reason } from './decisions.ts';
import { type EndState, mayRepeat, type Task, type TaskFailure, type TaskSpec } from './task.ts';
import type { WaitingRoom } from './waiting-room.ts';

export interface TaskGraphParts {
  readonly decisions: Decisions;
  readonly waiting: WaitingRoom;
  /** Of tasks that ended before. */
  readonly endedState: EndedState;
  readonly onEnd: (task: Task) => void;
}

const INTERRUPTED: TaskFailure = { code: 'interrupted', message: 'The kernel ended while it ran' };

/** All tasks that have not ended, and who waits for whom. */
export class TaskGraph {
  readonly #parts: TaskGraphParts;
  readonly #tasks = new Map<string, Task>();

  constructor(parts: TaskGraphParts) {
    this.#parts = parts;
  }

  get(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  all(): IterableIterator<Task> {
    return this.#tasks.values();
  }

  submit(specs: readonly TaskSpec[]): void {
    const { nowMs } = this.#parts.decisions;
    const tasks = specs.map((spec) => this.#know(spec, nowMs));
    for (const task of tasks) this.#admit(task);
  }

  restore(kept: readonly KeptTask[]): void {
    const tasks = kept.map(({ spec, createdMs, failures, priority }) => {
      const task = this.#know(spec, this.#parts.decisions.innerMs(createdMs));
      task.failures = failures;
      task.priority = priority ?? spec.priority;
      return task;
    });
    for (const [index, task] of tasks.entries()) {
      const before = kept[index]?.state ?? 'queued';
      const wasBrokenOff = before === 'running' || before === 'paused';
      if (wasBrokenOff && !mayRepeat(task.spec)) {
        task.state = before;
        this.end(task, 'failed', { failure: INTERRUPTED });
      } else this.#admit(task, wasBrokenOff ? { why: 'interrupted' } : undefined);
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
      if (this.#tasks.get(one.task.spec.id) !== one.task) continue;
      this.#endOne(one.task, 'failed', { failure: one.failure });
      this.#tellDependents(one.task, failing);
    }
  }

  #tellDependents(task: Task, failing: { task: Task; failure: TaskFailure }[]): void {
    const { dependents = [], spec } = task;
    task.dependents = undefined;
    for (const dependent of dependents) {
      if (this.#tasks.get(dependent.spec.id) !== dependent) continue;
      if (task.state === 'completed') this.#onDependency(dependent);
      else failing.push({ task: dependent, failure: dependencyFailure(spec.id) });
    }
  }

  #know(spec: TaskSpec, createdMs: number): Task {
    const task = this.#parts.waiting.joined(spec, createdMs);
    this.#tasks.set(spec.id, task);
    return task;
  }

  /** Queues a new task, or has it wait for those it depends on. */
  #admit(task: Task, reason?: Reason): void {
    const { decisions, waiting, endedState } = this.#parts;
    for (const id of task.spec.dependencies) {
      const dependency = this.#tasks.get(id);
      if (dependency !== undefined) {
        (dependency.dependents ??= []).push(task);
        task.waitingFor += 1;
      } else if ((endedState(id) ?? 'failed') !== 'completed') {
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
    this.#tasks.delete(task.spec.id);
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
