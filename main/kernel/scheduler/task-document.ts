import type { Task as TaskDocument, TaskStep } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';
import type { TaskChange } from './decision.ts';
import type { SchedulerAudit } from './ports.ts';
import type { TaskSpec } from './task.ts';

export function isEnded({ state }: Pick<TaskDocument, 'state'>): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

/** As they came. */
export function inOrder(documents: readonly TaskDocument[]): TaskDocument[] {
  return documents.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0) || a.createdAt - b.createdAt);
}

/** A task without what it gave, of which there may be more than fits into a list of tasks. */
export function withoutResult({ result: _result, ...document }: TaskDocument): TaskDocument {
  return document;
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

/** What becomes of a task whose profile is gone: it can never have a place. */
export function withoutPlace(document: TaskDocument, atMs: number): TaskDocument {
  const failure = { code: 'profile_unknown', message: `There is no profile "${document.profile}" any more` };
  return { ...document, state: 'failed', failure, steps: [...document.steps, { at: atMs, state: 'failed' }] };
}

/** For the audit chain. */
export function endRecord({
  id,
  name,
  state,
  session,
  failure,
}: TaskDocument): Parameters<SchedulerAudit['record']>[0] {
  return {
    type: 'task_finished',
    actor: 'kernel',
    ...(session === undefined ? {} : { session }),
    ...(failure === undefined ? {} : { reason: `${failure.code}: ${failure.message}` }),
    data: { task: id, name, state },
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
