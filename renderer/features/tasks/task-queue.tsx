import { type KeyboardEvent, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Task } from '../../../schema/contract/task.ts';
import { useNow } from '../../app/use-now.ts';
import { useServices } from '../../app/services.tsx';
import { formatElapsed, formatMinute, formatMoment } from '../../ui/format.ts';
import { stepOf, useVirtualRows } from '../../ui/use-virtual-rows.ts';
import { messages } from './messages.ts';
import { TaskActions, TaskPriority } from './task-actions.tsx';
import { type GroupName, hasEnded, queueRows } from './task-groups.ts';
import { TaskStateLabel } from './task-state.tsx';
import type { TasksStore } from './tasks-store.ts';

const ROW_PX = 32;
const SECOND_MS = 1000;

/** What runs and waits, live, in groups; then what has ended. */
export function TaskQueue({ tasks: store }: { readonly tasks: TasksStore }) {
  const { tasks, grouping, shown } = useStore(store.store);
  const rows = useMemo(() => queueRows(tasks.values(), grouping), [tasks, grouping]);
  const nowMs = useNow(SECOND_MS);
  const { scroller, items, heightPx, reveal } = useVirtualRows({
    count: rows.length,
    rowPx: ROW_PX,
    keyOf: (index) => rows[index]?.key ?? index,
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.target === event.currentTarget ? stepOf(event) : undefined;
    if (step === undefined) return;
    event.preventDefault();
    let index = rows.findIndex((row) => row.kind === 'task' && row.task.id === shown) + step;
    while (rows[index]?.kind === 'group') index += step;
    const row = rows[index];
    if (row?.kind !== 'task') return;
    store.show(row.task.id);
    reveal(index);
  };
  return (
    <div className="task-table" role="table" aria-label={messages.views.queue} aria-rowcount={rows.length + 1}>
      <div className="task-row task-head" role="row">
        {Object.entries(messages.columns).map(([key, label]) => (
          <span key={key} role="columnheader">
            {label}
          </span>
        ))}
        <span role="columnheader">
          <span className="visually-hidden">{messages.cancel}</span>
        </span>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the arrow keys go through the tasks */}
      <div className="task-scroll" role="rowgroup" tabIndex={0} ref={scroller} onKeyDown={onKeyDown}>
        <div className="task-rows" role="presentation" style={{ height: heightPx }}>
          {items.map(({ index, start, key }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const place = { index, style: { transform: `translateY(${start}px)` } };
            return row.kind === 'group' ? (
              <GroupRow key={key} group={row.group} count={row.count} {...place} />
            ) : (
              <TaskRow key={key} store={store} task={row.task} shown={row.task.id === shown} nowMs={nowMs} {...place} />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface Place {
  readonly index: number;
  readonly style: { readonly transform: string };
}

function GroupRow({ group, count, index, style }: Place & { readonly group: GroupName; readonly count: number }) {
  const sessionName = useSessionName();
  const name =
    group.by === 'ended'
      ? messages.ended
      : group.by === 'priority'
        ? messages.priorities[group.priority]
        : sessionName(group.session);
  return (
    <div className="task-row task-group" role="row" aria-rowindex={index + 2} style={style}>
      <span role="rowheader">
        {name} <span className="task-count">{count}</span>
      </span>
    </div>
  );
}

interface TaskRowProps extends Place {
  readonly store: TasksStore;
  readonly task: Task;
  readonly shown: boolean;
  readonly nowMs: number;
}

function TaskRow({ store, task, shown, nowMs, index, style }: TaskRowProps) {
  const sessionName = useSessionName();
  const sinceMs = task.steps.at(-1)?.at ?? task.createdAt;
  return (
    <div
      className="task-row"
      role="row"
      aria-rowindex={index + 2}
      aria-current={shown || undefined}
      data-task={task.name}
      data-state={task.state}
      style={style}
    >
      <span role="cell">
        <TaskStateLabel state={task.state} />
      </span>
      <span role="cell" className="truncate" title={task.name}>
        <button type="button" className="task-pick truncate" onClick={() => store.show(task.id)}>
          {task.name}
        </button>
      </span>
      <span role="cell">
        <TaskPriority tasks={store} task={task} />
      </span>
      <span role="cell" className="truncate" title={sessionName(task.session ?? '')}>
        {sessionName(task.session ?? '')}
      </span>
      <span role="cell" className="task-when">
        {hasEnded(task) ? formatMoment(sinceMs, nowMs) : formatElapsed(Math.max(SECOND_MS, nowMs - sinceMs))}
      </span>
      <span role="cell" className="task-when">
        <Starts store={store} task={task} nowMs={nowMs} />
      </span>
      <span role="cell">
        <TaskActions tasks={store} task={task} />
      </span>
    </div>
  );
}

function Starts({ store, task, nowMs }: Pick<TaskRowProps, 'store' | 'task' | 'nowMs'>) {
  const startsMs = useStore(store.store, ({ starts }) => starts.get(task.id));
  if (startsMs === undefined || (task.state !== 'queued' && task.state !== 'waiting_dependency')) return null;
  const text =
    startsMs - nowMs < 2 * SECOND_MS ? messages.startsSoon : messages.startsAbout(formatMinute(startsMs, nowMs));
  return <span title={messages.startsHint}>{text}</span>;
}

/** A session's name; its id where it is gone. */
export function useSessionName(): (session: string) => string {
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  return (session) =>
    session === '' ? messages.kernel : (list.find(({ id }) => id === session)?.name ?? messages.gone(session));
}
