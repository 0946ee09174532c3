import { Ban, Pause, Play } from 'lucide-react';
import type { Priority, Task } from '../../../schema/contract/task.ts';
import { IconButton } from '../../ui/button.tsx';
import { messages } from './messages.ts';
import { hasEnded } from './task-groups.ts';
import type { TasksStore } from './tasks-store.ts';

export interface TaskActionsProps {
  readonly tasks: TasksStore;
  readonly task: Task;
}

/** Pause or let go on, and cancel; nothing for what has ended. */
export function TaskActions({ tasks, task }: TaskActionsProps) {
  if (hasEnded(task)) return null;
  const { id, name } = task;
  return (
    <span className="task-actions">
      {task.state === 'paused' ? (
        <IconButton icon={Play} label={messages.released(name)} onClick={() => void tasks.release(id)} />
      ) : (
        <IconButton icon={Pause} label={messages.held(name)} onClick={() => void tasks.hold(id)} />
      )}
      <IconButton icon={Ban} label={messages.cancelled(name)} onClick={() => void tasks.cancel(id)} />
    </span>
  );
}

const PRIORITIES: readonly Priority[] = [1, 2, 3, 4, 5];

/** The priority, and another one where the task still waits for its turn. */
export function TaskPriority({ tasks, task }: TaskActionsProps) {
  if (task.state === 'running' || hasEnded(task)) return <span>{messages.priorities[task.priority]}</span>;
  return (
    <select
      className="select-field task-priority"
      aria-label={messages.priorityOf(task.name)}
      value={task.priority}
      onChange={(event) => {
        const priority = PRIORITIES.find((one) => String(one) === event.target.value);
        if (priority !== undefined) void tasks.prioritise(task.id, priority);
      }}
    >
      {PRIORITIES.map((priority) => (
        <option key={priority} value={priority}>
          {messages.priorities[priority]}
        </option>
      ))}
    </select>
  );
}
