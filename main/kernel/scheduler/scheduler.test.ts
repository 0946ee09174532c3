import { expect, test } from 'vitest';
import type { TaskRequest } from '../../../schema/contract/task.ts';
import { Fault } from '../../../schema/fault.ts';
import { command, SchedulerBench } from './testing.fixture.ts';

test('a task runs once those it depends on have completed, and its result is kept', async () => {
  const bench = new SchedulerBench();
  await bench.submit(command('second', { dependencies: ['first'] }), command('first'));
  expect(bench.states()).toEqual({ second: 'waiting_dependency', first: 'running' });
  await bench.finish('first');
  expect(bench.states()).toEqual({ second: 'running', first: 'completed' });
  await bench.finish('second', { exitCode: 0 });
  const task = bench.scheduler.list().find(({ name }) => name === 'second');
  expect(task?.steps.map(({ state }) => state)).toEqual(['waiting_dependency', 'queued', 'running', 'completed']);
  expect([...bench.kept.values()].find(({ name }) => name === 'second')?.result).toEqual({ exitCode: 0 });
});

test('a failure goes through the whole graph', async () => {
  const bench = new SchedulerBench();
  const [first, second] = await bench.submit(
    command('first'),
    command('second', { dependencies: ['first'] }),
    command('third', { dependencies: ['second'] }),
  );
  bench.running.get('first')?.fail(new Fault('command_failed', 'It failed'));
  await bench.settle();
  const failures = Object.fromEntries(bench.scheduler.list().map(({ name, failure }) => [name, failure?.message]));
  expect(failures).toEqual({
    first: 'It failed',
    second: `dependency failed: ${first?.id}`,
    third: `dependency failed: ${second?.id}`,
  });
});

test('a key that was seen before has no second effect, also after a restart', async () => {
  const bench = new SchedulerBench();
  const [first] = await bench.submit(command('once', { idempotencyKey: 'k' }));
  await bench.finish('once');
  const [again] = await bench.submit(command('again', { idempotencyKey: 'k' }));
  bench.scheduler = bench.start();
  bench.scheduler.recover();
  const [afterwards] = await bench.submit(command('afterwards', { idempotencyKey: 'k' }));
  expect([again?.id, afterwards?.id]).toEqual([first?.id, first?.id]);
  expect(bench.kept.size).toBe(1);
  expect(bench.running.size).toBe(0);
});

test('after a crash what was queued is queued; what ran is interrupted, or repeated where it may be', async () => {
  const bench = new SchedulerBench();
  await bench.submit(command('writes'), command('repeats', { retry: { times: 1, delayMs: 0 } }), command('queued'));
  expect(bench.states()).toEqual({ writes: 'running', repeats: 'running', queued: 'queued' });
  bench.scheduler = bench.start();
  bench.scheduler.recover();
  await bench.settle();
  expect(bench.states()).toEqual({ writes: 'failed', repeats: 'running', queued: 'running' });
  expect(bench.scheduler.list().find(({ name }) => name === 'writes')?.failure?.code).toBe('interrupted');
});

test('after a crash those that came in the same moment keep their turns, in whatever order they were kept', async () => {
  const bench = new SchedulerBench({ globalMax: 1 });
  const names = ['a', 'b', 'c', 'd', 'e'];
  await bench.submit(command('holds', { retry: { times: 1, delayMs: 0 } }), ...names.map((name) => command(name)));
  const shuffled = [...bench.kept].reverse();
  bench.kept.clear();
  for (const [id, task] of shuffled) bench.kept.set(id, task);
  bench.scheduler = bench.start();
  bench.scheduler.recover();
  await bench.settle();
  const ran: string[] = [];
  for (let [name] = bench.running.keys(); name !== undefined; [name] = bench.running.keys()) {
    ran.push(name);
    await bench.finish(name);
    bench.running.delete(name);
  }
  expect(ran).toEqual(['holds', ...names]);
});

test('a task whose profile is gone at the next start fails and says so', async () => {
  const bench = new SchedulerBench();
  await bench.submit(command('runs'), command('too'), command('waits', { dependencies: ['runs'] }));
  bench.scheduler = bench.start('workspace');
  bench.scheduler.recover();
  expect(bench.states()).toEqual({ runs: 'failed', too: 'failed', waits: 'failed' });
  expect(bench.scheduler.list().find(({ name }) => name === 'waits')?.failure).toEqual({
    code: 'profile_unknown',
    message: 'There is no profile "workspace" any more',
  });
});

test('a task of higher priority has one of lower priority settle, pauses it, and it goes on afterwards', async () => {
  const bench = new SchedulerBench();
  const other = (session: string) => ({ session: session as never });
  await bench.submit(command('low', { priority: 5 }), command('middle', { priority: 4, ...other('s2') }));
  await bench.submit(command('high', { priority: 2, ...other('s3') }));
  expect(bench.done.slice(-2)).toEqual(['task_submitted', 'settle s1']);
  bench.clock.advance(1000);
  await bench.settle();
  expect(bench.states()).toMatchObject({ low: 'paused', high: 'running', middle: 'running' });
  await bench.finish('high');
  expect(bench.states()).toMatchObject({ low: 'running', high: 'completed' });
  expect(bench.done).toContain('unpause s1');
  await bench.finish('low');
  const low = bench.scheduler.list().find(({ name }) => name === 'low');
  expect(low?.steps.map(({ state, by }) => [state, by === undefined ? '' : 'by another'])).toEqual([
    ['queued', ''],
    ['running', ''],
    ['paused', 'by another'],
    ['running', ''],
    ['completed', ''],
  ]);
});

test('a sandbox with a terminal open is never paused', async () => {
  const bench = new SchedulerBench();
  await bench.submit(command('low', { priority: 5 }), command('same', { priority: 5, preemptible: false }));
  bench.scheduler.setTerminals('s1', 1);
  await bench.submit(command('high', { priority: 2, session: 's3' as never }));
  bench.clock.advance(5000);
  await bench.settle();
  expect(bench.done.filter((what) => what.startsWith('settle'))).toEqual([]);
  expect(bench.states()).toMatchObject({ high: 'queued', low: 'running' });
});

test('cancelling ends what runs and takes out what waits; those that depend on it fail', async () => {
  const bench = new SchedulerBench();
  const [runs, waits] = await bench.submit(command('runs'), command('waits', { dependencies: ['runs'] }));
  bench.scheduler.cancel(runs?.id ?? '');
  await bench.settle();
  expect(bench.states()).toEqual({ runs: 'cancelled', waits: 'failed' });
  expect(bench.scheduler.get(waits?.id ?? '').failure?.message).toBe(`dependency failed: ${runs?.id}`);
});

const NOWHERE: TaskRequest = { name: 'a', command: ['true'] };
const REFUSALS = [
  [
    'a cycle with its path',
    [
      command('a', { dependencies: ['b'] }),
      command('b', { dependencies: ['c'] }),
      command('c', { dependencies: ['a'] }),
    ],
    'Cannot submit task "a": it depends on itself: a → b → c → a',
  ],
  [
    'a task that depends on itself',
    [command('a', { dependencies: ['a'] })],
    'Cannot submit task "a": it depends on itself: a → a',
  ],
  [
    'a dependency that nobody knows',
    [command('a', { dependencies: ['zz'] })],
    'Cannot submit task "a": there is no task "zz" for it to wait for',
  ],
  [
    'a profile that nobody knows',
    [command('a', { profile: 'nope' })],
    'Cannot submit task "a": there is no profile "nope"',
  ],
  [
    'a profile that lets nothing run',
    [command('a', { profile: 'closed' })],
    'Cannot submit task "a": profile "closed" lets nothing run',
  ],
  [
    'a profile that needs more than there is',
    [command('a', { profile: 'huge' })],
    'Cannot submit task "a": profile "huge" needs 1000 bytes, and 100 are there',
  ],
  [
    'priority 1 that is to be preempted',
    [command('a', { priority: 1, preemptible: true })],
    'Cannot submit task "a": what has priority 1 is never preempted',
  ],
  [
    'two of the same name',
    [command('a'), command('a')],
    'Cannot submit task "a": another task of the submission has its name',
  ],
  [
    'a profile of the kernel itself, whose places are beside the limits',
    [command('a', { profile: 'image' })],
    'Cannot submit task "a": profile "image" is for what the kernel does itself',
  ],
  [
    'what is to be preempted and is in no sandbox',
    [{ name: 'a', call: 'merge.apply', preemptible: true }],
    'Cannot submit task "a": it is in no sandbox that could be paused',
  ],
  ['a command that is in no sandbox', [NOWHERE], 'Cannot submit task "a": its command has no session to run in'],
  [
    'both a command and a call',
    [command('a', { call: 'merge.apply' })],
    'Cannot submit task "a": it needs either a command or a call',
  ],
  [
    'more than a task may hand over',
    [{ name: 'a', call: 'merge.apply', input: { text: 'ü'.repeat(512 * 1024) } }],
    'Cannot submit task "a": what it hands over has 1048587 bytes, more than 1048576',
  ],
  ['neither a command nor a call', [{ name: 'a' }], 'Cannot submit task "a": it needs either a command or a call'],
  [
    'a call that there is not',
    [{ name: 'a', call: 'no.such' }],
    'Cannot submit task "a": the contract has no call "no.such"',
  ],
] as const;

test('a refusal of a profile names those that there are for tasks', async () => {
  const bench = new SchedulerBench();
  await expect(bench.submit(command('a', { profile: 'nope' }))).rejects.toMatchObject({
    code: 'profile_unknown',
    fix: 'Use one of: closed, huge, kernel, workspace.',
  });
});

test.each(REFUSALS)('%s is refused, and nothing of the submission is kept', async (_what, requests, message) => {
  const bench = new SchedulerBench();
  await expect(bench.submit(...requests)).rejects.toThrow(message);
  expect(bench.kept.size).toBe(0);
});
