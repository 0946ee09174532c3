import type { Station } from './station.ts';
import type { Priority, Task } from './task.ts';

/** The queued tasks of one session, profile and given priority, first come first. They are linked to each other, so that any of them leaves at once. */
export class Line {
  readonly station: Station;
  readonly priority: Priority;
  head: Task | undefined = undefined;
  #tail: Task | undefined = undefined;
  /** When its first task is looked at again because it has aged; infinite while no look is due. */
  lookAtMs = Number.POSITIVE_INFINITY;
  /** True while it is listed among those whose first task has waited to its limit. */
  isListedStarving = false;

  constructor(station: Station, priority: Priority) {
    this.station = station;
    this.priority = priority;
  }

  /** By turn: a task that comes back after it was started goes before those that came later. */
  add(task: Task): void {
    let after = this.#tail;
    while (after !== undefined && after.turn > task.turn) after = after.previous;
    task.line = this;
    task.previous = after;
    task.next = after === undefined ? this.head : after.next;
    if (task.next === undefined) this.#tail = task;
    else task.next.previous = task;
    if (after === undefined) this.head = task;
    else after.next = task;
  }

  remove(task: Task): void {
    if (task.previous === undefined) this.head = task.next;
    else task.previous.next = task.next;
    if (task.next === undefined) this.#tail = task.previous;
    else task.next.previous = task.previous;
    task.line = undefined;
    task.previous = undefined;
    task.next = undefined;
  }
}
