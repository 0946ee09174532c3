import { expect, test } from 'vitest';
import type { Task } from '../../../schema/contract/task.ts';
import { forecast } from './forecast.ts';

const limits = {
  globalMax: 1,
  memoryBytes: 0,
  profiles: { workspace: { slots: 4, memoryBytes: 0 } },
  ageThresholdMs: 1000,
  settleMs: 0,
};

function task(name: string, more: Partial<Task>): Task {
  return {
    id: name as never, // an id of the test's own
    name,
    kind: 'command',
    priority: 3,
    profile: 'workspace',
    dependencies: [],
    timeoutMs: 1000,
    preemptible: false,
    effect: 'write',
    state: 'queued',
    createdAt: 0,
    failures: 0,
    steps: [],
    ...more,
  };
}

const ran = (name: string, ms: number): Task =>
  task(name, {
    state: 'completed',
    steps: [
      { at: 0, state: 'running' },
      { at: ms, state: 'completed' },
    ],
  });

test('the queue is played through with how long such tasks took before', () => {
  const starts = forecast(
    [
      ran('build', 400),
      task('running', { name: 'build', state: 'running', steps: [{ at: 1000, state: 'running' }] }),
      task('second', { name: 'build', priority: 4 }),
      task('first', { name: 'build', priority: 2 }),
      task('last', { name: 'build', priority: 1, dependencies: ['second' as never] }), // an id of the test's own
    ],
    limits,
    1100,
  );
  expect(starts).toEqual([
    { task: 'first', at: 1400 },
    { task: 'second', at: 1800 },
    { task: 'last', at: 2200 },
  ]);
});

test('of what was never seen nothing is guessed', () => {
  expect(forecast([task('new', {})], limits, 0)).toEqual([]);
});
