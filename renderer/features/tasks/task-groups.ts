import type { Priority, Task } from '../../../schema/contract/task.ts';
import type { Grouping } from './tasks-store.ts';

export type QueueRow =
  | { readonly kind: 'group'; readonly key: string; readonly group: GroupName; readonly count: number }
  | { readonly kind: 'task'; readonly key: string; readonly task: Task };

export type GroupName =
  | { readonly by: 'priority'; readonly priority: Priority }
  | { readonly by: 'session'; readonly session: string }
  | { readonly by: 'ended' };

const ORDER: Readonly<Record<string, number>> = { running: 0, paused: 1, queued: 2, waiting_dependency: 3 };
const ENDED_SHOWN = 1000;

export function hasEnded({ state }: Pick<Task, 'state'>): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

/** What runs and waits, in groups, the best priority first and in each what runs before what waits; then what ended, the newest first. */
export function queueRows(tasks: Iterable<Task>, grouping: Grouping): QueueRow[] {
  const groups = new Map<string, { group: GroupName; tasks: Task[] }>();
  const ended: Task[] = [];
  for (const task of tasks) {
    if (hasEnded(task)) {
      ended.push(task);
      continue;
    }
    const key = grouping === 'priority' ? String(task.priority) : (task.session ?? '');
    const known = groups.get(key);
    if (known !== undefined) known.tasks.push(task);
    else groups.set(key, { group: nameOf(task, grouping), tasks: [task] });
  }
  const rows: QueueRow[] = [];
  for (const [key, { group, tasks: live }] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    rows.push({ kind: 'group', key: `group ${key}`, group, count: live.length });
    live.sort((a, b) => (ORDER[a.state] ?? 9) - (ORDER[b.state] ?? 9) || a.priority - b.priority);
    for (const task of live) rows.push({ kind: 'task', key: task.id, task });
  }
  if (ended.length > 0) rows.push({ kind: 'group', key: 'ended', group: { by: 'ended' }, count: ended.length });
  const endedAt = ({ steps, createdAt }: Task): number => steps.at(-1)?.at ?? createdAt;
  ended.sort((a, b) => endedAt(b) - endedAt(a));
  for (const task of ended.slice(0, ENDED_SHOWN)) rows.push({ kind: 'task', key: task.id, task });
  return rows;
}

function nameOf(task: Task, grouping: Grouping): GroupName {
  if (grouping === 'priority') return { by: 'priority', priority: task.priority };
  return { by: 'session', session: task.session ?? '' };
}
