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

/** What happens to the scheduler. */
export type SchedulerEvent =
  | { readonly type: 'submit'; readonly tasks: readonly TaskSpec[] }
  | { readonly type: 'restore'; readonly tasks: readonly KeptTask[] }
  | { readonly type: 'finished'; readonly task: string; readonly outcome: TaskOutcome }
  | { readonly type: 'paused'; readonly task: string }
  | { readonly type: 'pause_failed'; readonly task: string }
  /** It runs on as something that need not end, such as a server: its slot is somebody else's. */
  | { readonly type: 'lasts'; readonly task: string }
  | { readonly type: 'cancel'; readonly task: string }
  | { readonly type: 'hold'; readonly task: string }
  | { readonly type: 'release'; readonly task: string }
  | { readonly type: 'reprioritise'; readonly task: string; readonly priority: Priority }
  | { readonly type: 'terminals'; readonly session: string; readonly open: number }
  | { readonly type: 'pressure'; readonly level: 'none' | 'high' | 'critical' }
  | { readonly type: 'tick' };

/** What is to be done about it, in this order. */
export type Action =
  | { readonly type: 'start'; readonly task: Task }
  /** Tell the task that its sandbox is about to stand still. */
  | { readonly type: 'settle'; readonly task: Task }
  | { readonly type: 'pause'; readonly task: Task }
  | { readonly type: 'resume'; readonly task: Task }
  | { readonly type: 'end'; readonly task: Task; readonly ending: Ending }
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

/** How a task that is not waiting or running any more has ended; undefined for one that nobody knows. */
export type EndedState = (task: string) => EndState | undefined;
