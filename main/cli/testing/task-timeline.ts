import type { Task } from '../../../schema/contract/task.ts';

const COLUMNS = 72;
const MARKS: Readonly<Record<string, string>> = {
  queued: '.',
  waiting_dependency: '-',
  running: '#',
  paused: '=',
};

/** Who waited, ran and stood still when, a line a task: the picture of docs/scheduler.md, from tasks that ended. */
export function timelineOf(tasks: readonly Task[]): string {
  const ats = tasks.flatMap(({ steps }) => steps.map(({ at }) => at));
  const [from, to] = [Math.min(...ats), Math.max(...ats)];
  const columnOf = (at: number): number => Math.round(((at - from) / Math.max(1, to - from)) * COLUMNS);
  return tasks
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .map(({ name, priority, session = '-', steps }) => {
      let line = ' '.repeat(columnOf(steps[0]?.at ?? from));
      for (const [index, { at, state }] of steps.entries()) {
        const end = columnOf(steps[index + 1]?.at ?? at);
        line += (MARKS[state] ?? '').repeat(Math.max(0, end - line.length));
      }
      return `${name.padEnd(9)} ${priority} ${session.slice(0, 4)} |${line}\n`;
    })
    .join('');
}
