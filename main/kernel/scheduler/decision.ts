import type { Ending, EndState, Priority, Task, TaskFailure, TaskOutcome, TaskSpec, TaskState } from './task.ts';

/** A task that was there before the kernel ended. */
export interface KeptTask {
  readonly spec: TaskSpec;
  readonly createdMs: number;
  /** As it was when the kernel ended: `running` and `paused` ones were broken off. */
  readonly state: TaskState;
  readonly failures: number;
  /** Where somebody has changed it. */
  readonly priority?: Priority;
}

/** What happens to the scheduler. Tasks are those of its own actions: each is made known with its first change. */
export type SchedulerEvent =
  | { readonly type: 'submit'; readonly tasks: readonly TaskSpec[] }
  | { readonly type: 'restore'; readonly tasks: readonly KeptTask[] }
  | { readonly type: 'finished'; readonly task: Task; readonly outcome: TaskOutcome }
  | { readonly type: 'paused'; readonly task: Task }
  | { readonly type: 'pause_failed'; readonly task: Task }
  /** It runs on as something that need not end, such as a server: its slot is somebody else's. */
  | { readonly type: 'lasts'; readonly task: Task }
  | { readonly type: 'cancel'; readonly task: Task }
  | { readonly type: 'hold'; readonly task: Task }
  | { readonly type: 'release'; readonly task: Task }
  | { readonly type: 'reprioritise'; readonly task: Task; readonly priority: Priority }
  | { readonly type: 'terminals'; readonly session: string; readonly open: number }
  | { readonly type: 'pressure'; readonly level: 'none' | 'high' | 'critical' }
  | { readonly type: 'tick' };

/** What is to be done about it, in this order. `by`: the task that room is made for. */
export type Action =
  | { readonly type: 'start'; readonly task: Task }
  /** Tell the task that its sandbox is about to stand still. */
  | { readonly type: 'settle'; readonly task: Task; readonly by?: string }
  | { readonly type: 'pause'; readonly task: Task }
  | { readonly type: 'resume'; readonly task: Task }
  | { readonly type: 'end'; readonly task: Task; readonly ending: Ending; readonly by?: string }
  | TaskChange;

/** A step in the life of a task; all of them in a row are the scheduler's record. */
export interface TaskChange {
  readonly type: 'changed';
  readonly task: Task;
  /** On the scheduler's clock. */
  readonly atMs: number;
  readonly from: TaskState | undefined;
  readonly to: TaskState;
  /** Why, where it is not its turn that came or its own end. */
  readonly why?: string;
  /** The task for which it was paused or ended. */
  readonly by?: string;
  /** The task that room was left for when this one was started. */
  readonly beside?: string;
  readonly failure?: TaskFailure;
}

/**
 * What whoever keeps the tasks knows of an id: the task as long as it has not ended, how it has ended, or undefined for
 * one that nobody knows. They have a register of all tasks anyway; a second one here would be paid with every decision.
 */
export type KnownTask = (id: string) => Task | EndState | undefined;
