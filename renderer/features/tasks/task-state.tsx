import type { Task, TaskState } from '../../../schema/contract/task.ts';
import { StateDot, type Tone } from '../../ui/badge.tsx';
import { messages } from './messages.ts';

const TONES: Record<TaskState, Tone> = {
  queued: 'neutral',
  waiting_dependency: 'neutral',
  running: 'accent',
  paused: 'warn',
  completed: 'good',
  failed: 'bad',
  cancelled: 'neutral',
};

export function TaskStateLabel({ state }: Pick<Task, 'state'>) {
  return (
    <span className="task-state">
      <StateDot tone={TONES[state]} pulsing={state === 'running'} />
      {messages.states[state]}
    </span>
  );
}
