import { useMemo } from 'react';
import type { Task } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';
import { NODE_HEIGHT_PX, NODE_WIDTH_PX, placeTasks } from './graph-layout.ts';
import { messages } from './messages.ts';
import { TaskStateLabel } from './task-state.tsx';
import type { TasksStore } from './tasks-store.ts';

export interface TaskGraphPictureProps {
  readonly store: TasksStore;
  readonly drawn: readonly Task[];
  readonly shown: TaskId | undefined;
}

/** The tasks as buttons in their places, with lines between them. */
export function TaskGraphPicture({ store, drawn, shown }: TaskGraphPictureProps) {
  const shape = drawn.map(({ id, dependencies }) => `${id} ${dependencies.join(' ')}`).join('\n');
  // oxlint-disable-next-line react/exhaustive-deps -- only what depends on what moves anything
  const placed = useMemo(() => placeTasks(drawn), [shape]);
  const now = new Map(drawn.map((task) => [task.id, task]));
  const size = { width: placed.widthPx, height: placed.heightPx };
  return (
    <div className="task-graph-scroll" role="group" aria-label={messages.graphAbout(drawn.length)}>
      <div className="task-graph-plane" style={size}>
        <svg aria-hidden {...size}>
          <defs>
            <marker
              id="task-arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0 0L8 4L0 8z" />
            </marker>
          </defs>
          {placed.edges.map(({ key, path, from, to }) => (
            <path
              key={key}
              className="task-edge"
              d={path}
              markerEnd="url(#task-arrow)"
              data-shown={from === shown || to === shown || undefined}
              data-done={now.get(from)?.state === 'completed' || undefined}
            />
          ))}
        </svg>
        {placed.tasks.map(({ task, x, y }) => {
          const { name, state } = now.get(task.id) ?? task;
          return (
            <button
              key={task.id}
              type="button"
              className="task-node"
              data-state={state}
              aria-pressed={task.id === shown}
              style={{
                left: x - NODE_WIDTH_PX / 2,
                top: y - NODE_HEIGHT_PX / 2,
                width: NODE_WIDTH_PX,
                height: NODE_HEIGHT_PX,
              }}
              onClick={() => store.show(task.id)}
            >
              <span className="truncate">{name}</span>
              <TaskStateLabel state={state} />
            </button>
          );
        })}
      </div>
    </div>
  );
}
