import type { Action, TaskChange } from './decision.ts';
import type { Task, TaskFailure, TaskState } from './task.ts';

export type Reason = Pick<TaskChange, 'why' | 'by' | 'beside'> & { readonly failure?: TaskFailure };

const NO_REASON: Reason = {};

/** What is to be done about one event, and when it came: on a clock of its own that begins at 0 with the first event and only goes forward. */
export class Decisions {
  #originMs = 0;
  #nowMs = 0;
  #lastWallMs: number | undefined;
  #actions: Action[] = [];

  /** Since the first event. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The same as the first event's time counts, for those outside. */
  get outerNowMs(): number {
    return this.#originMs + this.#nowMs;
  }

  /** Counts only time that goes forward: a clock that is set back does not make anything younger. */
  advance(wallMs: number): void {
    if (this.#lastWallMs === undefined) this.#originMs = wallMs;
    else this.#nowMs += Math.max(0, wallMs - this.#lastWallMs);
    this.#lastWallMs = wallMs;
  }

  /** A time of before the first event, on this clock. */
  innerMs(outerMs: number): number {
    return outerMs - this.#originMs;
  }

  add(action: Action): void {
    this.#actions.push(action);
  }

  changed(task: Task, to: TaskState, reason: Reason = NO_REASON): void {
    this.#change(task, task.state, to, reason);
  }

  /** The first that is told of a task. */
  appeared(task: Task, to: TaskState, reason: Reason = NO_REASON): void {
    this.#change(task, undefined, to, reason);
  }

  /** All of the event's, in their order; the next one's are new. */
  take(): readonly Action[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #change(task: Task, from: TaskState | undefined, to: TaskState, reason: Reason): void {
    task.state = to;
    const atMs = this.outerNowMs;
    // Most changes have no reason; a literal is made in a tenth of the time of a spread.
    this.#actions.push(
      reason === NO_REASON
        ? { type: 'changed', task, atMs, from, to }
        : { type: 'changed', task, atMs, from, to, ...reason },
    );
  }
}
