import { expect, test } from 'vitest';
import { placeTasks } from './graph-layout.ts';
import { relatedTasks } from './related-tasks.ts';
import { taskOf } from './task.fixture.ts';

const on = (...names: string[]) => ({ dependencies: names as never[] }); // ids of the test's own
const list = [
  taskOf('build'),
  taskOf('test', on('build')),
  taskOf('alone'),
  taskOf('other'),
  taskOf('after other', on('other')),
];
const tasks = new Map(list.map((task) => [task.id, task]));

test('all that hangs together with a task is drawn, and nothing else', () => {
  const { tasks: drawn } = relatedTasks(tasks, list[1]?.id);
  expect(drawn.map(({ name }) => name).sort()).toEqual(['build', 'test']);
});

test('without a choice all are drawn that depend on something or are depended on', () => {
  expect(relatedTasks(tasks, undefined).tasks.map(({ name }) => name)).toEqual([
    'build',
    'test',
    'other',
    'after other',
  ]);
});

test('what is depended on stands to the left of what depends on it', () => {
  const { tasks: placed, edges } = placeTasks(list.slice(0, 2));
  const [build, later] = placed;
  expect(build && later && build.x < later.x).toBe(true);
  expect(edges).toHaveLength(1);
});
