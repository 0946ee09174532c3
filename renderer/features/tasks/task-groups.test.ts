import { expect, test } from 'vitest';
import { queueRows } from './task-groups.ts';
import { taskOf } from './task.fixture.ts';

const ended = (name: string, at: number) => taskOf(name, { state: 'completed', steps: [{ at, state: 'completed' }] });

function names(rows: ReturnType<typeof queueRows>): string[] {
  return rows.map((row) => (row.kind === 'task' ? row.task.name : `${row.key} ${row.count}`));
}

test('what runs comes before what waits, the best priority first, and what has ended last, the newest first', () => {
  const tasks = [
    ended('old', 1),
    taskOf('usual'),
    taskOf('late', { priority: 5 }),
    taskOf('running', { state: 'running' }),
    ended('new', 2),
  ];
  expect(names(queueRows(tasks, 'priority'))).toEqual([
    'group 3 2',
    'running',
    'usual',
    'group 5 1',
    'late',
    'ended 2',
    'new',
    'old',
  ]);
});

test('by session, each has its own', () => {
  const session = (id: string) => ({ session: id as never }); // ids of the test's own
  const tasks = [taskOf('one', session('b')), taskOf('two', session('a')), taskOf('three', session('b'))];
  expect(names(queueRows(tasks, 'session'))).toEqual(['group a 1', 'two', 'group b 2', 'one', 'three']);
});
