import type { Priority, Task, TaskSpec } from '../task.ts';

/** What the referee knows of a task, from what was submitted and what was told, not from the scheduler's own state. */
export interface Watched {
  readonly spec: TaskSpec;
  readonly createdWallMs: number;
  priority: Priority;
  state: Task['state'];
  failures: number;
  starts: number;
  createdMs: number;
  /** When it came into the queue, and in which order of all. */
  queuedMs: number;
  order: number;
  readyAtMs: number;
  startLevel: number;
  startedMs: number;
  usedMs: number;
  pausedMs: number;
  isHeld: boolean;
  isTouched: boolean;
  /** As the core knows it; undefined for one that it was not told of. */
  handle: Task | undefined;
  /** It was told to end, and has not yet. */
  isEnding: boolean;
  /** It runs on without a slot. */
  isLasting: boolean;
  /** The new kernel's first word of it does not say where it was. */
  isRestored: boolean;
  /** Tasks that may go before it, counted when it had waited to its limit. */
  ahead: number | undefined;
}

/** One that was just submitted. */
export function watched(spec: TaskSpec, createdWallMs: number): Watched {
  return {
    spec,
    createdWallMs,
    priority: spec.priority,
    state: 'waiting_dependency',
    failures: 0,
    starts: 0,
    createdMs: -1,
    queuedMs: 0,
    order: 0,
    readyAtMs: 0,
    startLevel: 0,
    startedMs: 0,
    usedMs: 0,
    pausedMs: 0,
    isHeld: false,
    isTouched: false,
    handle: undefined,
    isEnding: false,
    isLasting: false,
    isRestored: false,
    ahead: undefined,
  };
}

/** True while it has a slot of the limits. */
export function hasSlot({ state, isLasting }: Watched): boolean {
  return state === 'running' && !isLasting;
}
