import { expect, test } from 'vitest';
import type { KernelClient } from '../../app/kernel-client.ts';
import { taskOf } from './task.fixture.ts';
import { TasksStore } from './tasks-store.ts';

function storeOn(task: Partial<KernelClient['task']> = {}) {
  const failures: unknown[] = [];
  const client = { task: task as KernelClient['task'] }; // what a test calls is there
  const tasks = new TasksStore({ client, onFailure: (thrown) => void failures.push(thrown) });
  const shown = new Promise<void>((resolve) => {
    tasks.store.subscribe(() => resolve());
  });
  return { tasks, shown, failures };
}

test('of more tasks than the timeline has rows the oldest that have ended are let go', async () => {
  const { tasks, shown } = storeOn();
  const ended = Array.from({ length: 50_001 }, (_, at) =>
    taskOf(`ended-${at}`, { state: 'completed', createdAt: at + 1 }),
  );
  tasks.take([taskOf('runs', { state: 'running' }), ...ended]);
  await shown;
  const kept = [...tasks.store.getState().tasks.keys()];
  expect([kept.length, kept[0], kept[1]]).toEqual([50_000, 'runs', 'ended-2']);
});

test('what a task gave is asked for when it is looked at', async () => {
  const { tasks, failures } = storeOn({
    get: async ({ task }) => {
      if (task !== 'known') throw new Error('gone');
      return taskOf('known', { state: 'completed', result: { exitCode: 0 } });
    },
  });
  const { signal } = new AbortController();
  await tasks.readResult(taskOf('known').id, signal);
  await tasks.readResult(taskOf('gone').id, signal);
  await tasks.readResult(taskOf('gone').id, AbortSignal.abort());
  expect(tasks.store.getState().given).toEqual({ task: 'known', result: { exitCode: 0 } });
  expect(failures).toHaveLength(1);
});
