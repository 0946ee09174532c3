import type { Task as TaskDocument, TaskStep } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';
import type { TaskChange } from './decision.ts';
import type { TaskSpec } from './task.ts';

export function isEnded({ state }: Pick<TaskDocument, 'state'>): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

/** What the core needs to know of a task. */
export function specOf(document: TaskDocument): TaskSpec {
  const { id, kind, priority, session = '', profile, dependencies, effect, preemptible, timeoutMs } = document;
  const { ttlMs, retry, idempotencyKey } = document;
  return {
    id,
    kind,
    priority,
    session,
    profile,
    dependencies,
    effect,
    preemptible,
    timeoutMs,
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(retry === undefined ? {} : { retry }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

export function stepOf({ to, why, by }: TaskChange, atMs: number): TaskStep {
  return {
    at: atMs,
    state: to,
    ...(why === undefined ? {} : { why }),
    // What the core calls tasks by are their ids.
    ...(by === undefined ? {} : { by: by as TaskId }),
  };
}
