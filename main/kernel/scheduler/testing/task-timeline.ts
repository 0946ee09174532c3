import type { Task, TaskState } from '../../../../schema/contract/task.ts';

const COLUMNS = 72;
const MARKS: Readonly<Partial<Record<TaskState, string>>> = {
  queued: '.',
  waiting_dependency: '-',
  running: '#',
  paused: '=',
};

/** The sign for a task that has been in a state for so long. */
export type MarkOf = (task: Task, state: TaskState, forMs: number) => string;

/** Who waited, ran and stood still when, a line a task: the pictures of docs/scheduler.md, from tasks that ended. */
export function timelineOf(tasks: readonly Task[], markOf: MarkOf = (_task, state) => MARKS[state] ?? ' '): string {
  const ats = tasks.flatMap(({ steps }) => steps.map(({ at }) => at));
  const [from, to] = [Math.min(...ats), Math.max(...ats)];
  const msPerColumn = Math.max(1, to - from) / COLUMNS;
  const columnOf = (at: number): number => Math.round((at - from) / msPerColumn);
  return tasks
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((task) => {
      const { name, priority, session = '-', steps } = task;
      let line = ' '.repeat(columnOf(steps[0]?.at ?? from));
      for (const [index, { at, state }] of steps.entries()) {
        const until = columnOf(steps[index + 1]?.at ?? at);
        // Whoever ran is seen to, however short it was.
        const end = state === 'running' ? Math.max(until, line.length + 1) : until;
        while (line.length < end) line += markOf(task, state, from + line.length * msPerColumn - at);
      }
      return `${name.padEnd(9)} ${priority} ${session.slice(0, 4).padEnd(4)} |${line}\n`;
    })
    .join('');
}
