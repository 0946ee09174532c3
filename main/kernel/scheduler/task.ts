import type { Line } from './line.ts';
import type { Station } from './station.ts';

/** 1 is the system's own, 5 is what runs when nothing else would. */
export type Priority = 1 | 2 | 3 | 4 | 5;
export const PRIORITIES: readonly Priority[] = [1, 2, 3, 4, 5];

export type EndState = 'completed' | 'failed' | 'cancelled';
export type TaskState = 'queued' | 'waiting_dependency' | 'running' | 'paused' | EndState;

export function isEndState(state: TaskState): state is EndState {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

/** What is asked for. What the task does is not here: whoever starts it knows that by its id. */
export interface TaskSpec {
  readonly id: string;
  readonly kind: string;
  readonly priority: Priority;
  /** Whose sandbox it works in; empty for the kernel's own work, which is in none. */
  readonly session: string;
  readonly profile: string;
  readonly dependencies: readonly string[];
  readonly effect: 'read' | 'write';
  readonly preemptible: boolean;
  readonly timeoutMs: number;
  /** Counts from the creation. */
  readonly ttlMs?: number;
  /** What writes is repeated only where this is there; reads are tried once more anyhow. */
  readonly retry?: { readonly times: number; readonly delayMs: number };
  readonly idempotencyKey?: string;
}

export interface TaskFailure {
  readonly code: string;
  readonly message: string;
}

export type TaskOutcome =
  | { readonly ok: true }
  /** `repeatable` false: another try would end in the same way. */
  | { readonly ok: false; readonly failure: TaskFailure; readonly repeatable: boolean };

/** Why a running task is made to end before its own end. */
export type Ending = 'cancelled' | 'timeout' | 'preempted';

/** What there is of a task only while it runs or is paused. */
export interface Run {
  /** The effective priority that it was started with; what it had gained by waiting is not lost again. */
  readonly level: Priority;
  phase: 'running' | 'settling' | 'pausing' | 'paused' | 'ending';
  /** Changes with each phase; a timer of an earlier one finds that it came too late. */
  stamp: number;
  /** When its time limit began to count, on the scheduler's clock. */
  startedMs: number;
  /** What was used of its time limit before the last pause. */
  usedMs: number;
  pausedMs: number;
  ending: Ending | undefined;
  /** Whom it made room for at its last pause; undefined where a person paused it. */
  pausedFor: string | undefined;
  /** Its sandbox could not be paused once; it is no victim again. */
  unpausable: boolean;
}

/** A task that has not ended. Times are on the core's own clock, which begins with it: small numbers cost nothing to keep. */
export class Task {
  readonly spec: TaskSpec;
  /** Where it waits when it waits. */
  readonly station: Station;
  priority: Priority;
  state: TaskState = 'queued';
  readonly createdMs: number;
  /** The order of coming into the queue. */
  turn = 0;
  queuedMs = 0;
  /** Tries that failed. */
  failures = 0;
  /** A task that is tried again waits until then. */
  notBeforeMs = 0;
  waitingFor = 0;
  /** A person made it wait: only a person lets it go on. */
  heldByHand = false;
  dependents: Task[] | undefined = undefined;
  run: Run | undefined = undefined;
  /** Where it stands in the queue. */
  line: Line | undefined = undefined;

  constructor(spec: TaskSpec, station: Station, createdMs: number) {
    this.spec = spec;
    this.station = station;
    this.priority = spec.priority;
    this.createdMs = createdMs;
  }
}

export const READ_RETRY: NonNullable<TaskSpec['retry']> = { times: 1, delayMs: 100 };

/** How often a task may be tried again; undefined where once has to do. */
export function retryOf({ retry, effect }: TaskSpec): TaskSpec['retry'] {
  return retry ?? (effect === 'read' ? READ_RETRY : undefined);
}

/** True where a task that was broken off may run from its beginning: it only reads, or says that it may. */
export function mayRepeat({ retry, effect }: TaskSpec): boolean {
  return effect === 'read' || retry !== undefined;
}

/** The best that waiting lifts a task to. */
export const AGED_LIMIT = 2;

/** The priority that a task has gained by waiting so long. */
export function effectiveLevel(priority: Priority, waitedMs: number, ageThresholdMs: number): Priority {
  if (priority <= AGED_LIMIT || waitedMs <= ageThresholdMs) return priority;
  // A time of exactly the threshold is not yet longer than it.
  const lifted = priority - Math.max(0, Math.ceil(waitedMs / ageThresholdMs) - 1);
  return Math.max(AGED_LIMIT, lifted) as Priority; // between 2 and 5
}

/** After so many thresholds a task that does not fit keeps what it needs for itself. */
export function thresholdsToStarve(priority: Priority): number {
  return Math.max(1, priority - AGED_LIMIT);
}
