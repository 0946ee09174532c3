import { expect, test } from 'vitest';
import type { Task as TaskDocument } from '../../../schema/contract/task.ts';
import { TaskRegister } from './task-register.ts';
import { command, SchedulerBench } from './testing.fixture.ts';

const REMEMBERED = 50_000;

function ended(id: string, more: Partial<TaskDocument> = {}): TaskDocument {
  return {
    id: id as TaskDocument['id'], // any text will do
    name: id,
    kind: 'command',
    priority: 3,
    profile: 'workspace',
    dependencies: [],
    timeoutMs: 1000,
    preemptible: true,
    effect: 'write',
    state: 'completed',
    createdAt: 0,
    failures: 0,
    steps: [],
    ...more,
  };
}

function register() {
  const forgotten: string[] = [];
  const shortened: TaskDocument[] = [];
  const known = new TaskRegister({
    onForgotten: (id) => void forgotten.push(id),
    onShortened: (document) => void shortened.push(document),
  });
  return { known, forgotten, shortened };
}

test('of tasks with keys as many are remembered as of others, and none of the others takes the place of a key', () => {
  const { known, forgotten } = register();
  known.addEnded({ document: ended('first', { idempotencyKey: 'first' }), isKept: true });
  for (let at = 0; at < REMEMBERED + 2; at += 1) known.addEnded({ document: ended(`other-${at}`), isKept: at === 1 });
  expect([known.list().length, forgotten, known.byKey('first')?.id]).toEqual([REMEMBERED + 1, ['other-1'], 'first']);
  for (let at = 0; at < REMEMBERED; at += 1) {
    known.addEnded({ document: ended(`keyed-${at}`, { idempotencyKey: `key ${at}` }), isKept: true });
  }
  expect(forgotten).toEqual(['other-1', 'first']);
  expect([known.byKey('first'), known.byKey('key 0')?.id, known.document('first')]).toEqual([
    undefined,
    'keyed-0',
    undefined,
  ]);
  expect(known.list()).toHaveLength(2 * REMEMBERED);
});

test('what ended tasks gave is remembered up to 32 MiB, the oldest goes first and the tasks stay', () => {
  const { known, forgotten, shortened } = register();
  const stdout = 'x'.repeat(1024 * 1024 - 32);
  for (let at = 0; at < 40; at += 1)
    known.addEnded({ document: ended(`t${at}`, { result: { stdout } }), isKept: true });
  const without = known.list().filter(({ result }) => result === undefined);
  expect(without.map(({ id }) => id).reverse()).toEqual(shortened.map(({ id }) => id));
  expect([without.length, shortened.at(-1), forgotten]).toEqual([8, ended('t7'), []]);
});

test('of a task that has ended the scheduler holds nothing that runs, and a restart remembers the same', async () => {
  const bench = new SchedulerBench();
  const [first] = await bench.submit(command('first', { idempotencyKey: 'k' }), command('second'));
  await bench.finish('first', { exitCode: 0 });
  await bench.finish('second');
  const before = bench.scheduler.list();
  bench.scheduler = bench.start();
  bench.scheduler.recover();
  expect(bench.scheduler.list()).toEqual(before);
  expect(bench.scheduler.cancel(first?.id ?? '').state).toBe('completed');
});
