import { expect, test } from 'vitest';
import { command, SchedulerBench, SESSION } from './testing.fixture.ts';

const ORDER = {
  kind: 'command',
  profile: 'workspace',
  priority: 2,
  effect: 'write',
  timeoutMs: 60_000,
  mayLast: false,
} as const;
const BUILD = { ...ORDER, kind: 'image.build', profile: 'image' } as const;

test('a caller who goes away leaves the queue, and work in its turn frees its place however it ends', async () => {
  const bench = new SchedulerBench();
  const never = AbortSignal.timeout(3_600_000);
  const [first, second] = [await bench.scheduler.take(ORDER, never), await bench.scheduler.take(ORDER, never)];
  const leaving = new AbortController();
  const third = bench.scheduler.take(ORDER, leaving.signal);
  leaving.abort();
  await expect(third).rejects.toMatchObject({ code: 'cancelled' });
  const fourth = bench.scheduler.inTurn(ORDER, never, async () => 'done');
  first.end({ ok: false, failure: { code: 'x', message: 'x' }, repeatable: true });
  await expect(fourth).resolves.toBe('done');
  second.end({ ok: true });
  expect(bench.kept.size).toBe(0);
});

test('what is run by hand and does not end, such as a server, does not keep the slot of others', async () => {
  const bench = new SchedulerBench();
  const servers = await Promise.all(
    [1, 2].map(() =>
      bench.scheduler.take({ ...ORDER, session: SESSION, timeoutMs: 1e9, mayLast: true }, new AbortController().signal),
    ),
  );
  await bench.submit(command('waits'));
  expect(bench.states()['waits']).toBe('queued');
  bench.clock.advance(5 * 60 * 1000);
  await bench.settle();
  expect(bench.states()['waits']).toBe('running');
  for (const server of servers) server.end({ ok: true });
  await bench.finish('waits');
  expect([...new Set(Object.values(bench.states()))]).toEqual(['completed']);
});

test('work that is done beside has places of its own: whoever holds a slot can wait for it', async () => {
  const bench = new SchedulerBench();
  const { signal } = new AbortController();
  const build = (): Promise<string> => bench.scheduler.inTurn(BUILD, signal, async () => 'built');
  // Both slots are held by those who wait for a build, and there is one place for builds.
  const waiting = [1, 2].map(() => bench.scheduler.inTurn(ORDER, signal, build));
  await expect(Promise.all(waiting)).resolves.toEqual(['built', 'built']);
});

test('of the work that is done beside no more runs at once than there are places', async () => {
  const bench = new SchedulerBench();
  const { signal } = new AbortController();
  const first = await bench.scheduler.take(BUILD, signal);
  const second = bench.scheduler.inTurn(BUILD, signal, async () => 'second');
  await bench.settle();
  expect(bench.states()).toEqual({ 'image.build': 'queued' });
  bench.clock.advance(3_600_000);
  expect(bench.scheduler.list().map(({ state }) => state)).toEqual(['running', 'queued']);
  first.end({ ok: true });
  await expect(second).resolves.toBe('second');
});

test('whoever still waits when the kernel closes is told so, and no timer of a turn is left', async () => {
  const bench = new SchedulerBench();
  const { signal } = new AbortController();
  const held = await bench.scheduler.take({ ...ORDER, mayLast: true }, signal);
  await bench.scheduler.take(ORDER, signal);
  const waiting = bench.scheduler.take(ORDER, signal);
  await bench.scheduler[Symbol.asyncDispose]();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await expect(bench.scheduler.take(ORDER, signal)).rejects.toThrow('the kernel is closing');
  expect(held.signal.aborted).toBe(true);
  expect(bench.clock.waiting).toBe(0);
});

test('calls of one session that never end leave a place for those of others', async () => {
  const bench = new SchedulerBench({ globalMax: 4, profiles: { workspace: { slots: 4, memoryBytes: 1 } } });
  const { signal } = new AbortController();
  const stuck = { ...ORDER, session: SESSION };
  const other = { ...ORDER, session: 's2' as typeof SESSION }; // of that form
  const held = await Promise.all([1, 2, 3].map(() => bench.scheduler.take(stuck, signal)));
  const leaving = new AbortController();
  const fourth = bench.scheduler.take(stuck, leaving.signal);
  const fifth = bench.scheduler.take(stuck, signal);
  for (let round = 0; round < 3; round += 1) (await bench.scheduler.take(other, signal)).end({ ok: true });
  leaving.abort();
  await expect(fourth).rejects.toMatchObject({ code: 'cancelled' });
  held[0]?.end({ ok: true });
  (await fifth).end({ ok: true });
});

test('calls of a plugin that never answers leave a place for those of others, from however many sessions they come', async () => {
  const bench = new SchedulerBench({ globalMax: 4, profiles: { workspace: { slots: 4, memoryBytes: 1 } } });
  const { signal } = new AbortController();
  const session = (name: string) => name as typeof SESSION; // of that form
  const stuck = (name: string) => ({ ...ORDER, session: session(name), plugin: 'stuck' });
  const held = await Promise.all(['s1', 's1', 's2'].map((name) => bench.scheduler.take(stuck(name), signal)));
  const waiting = ['s2', 's2', 's3', 's3'].map((name) => bench.scheduler.take(stuck(name), signal));
  for (const name of ['s1', 's2', 's3']) {
    (await bench.scheduler.take({ ...ORDER, session: session(name) }, signal)).end({ ok: true });
    (await bench.scheduler.take({ ...stuck(name), plugin: 'other' }, signal)).end({ ok: true });
  }
  for (const turn of held) turn.end({ ok: true });
  for (const turn of waiting) (await turn).end({ ok: true });
  expect(bench.kept.size).toBe(0);
});

test('what lasts gives the place of its session back as well, and who waits for one is told that the kernel closes', async () => {
  const bench = new SchedulerBench();
  const { signal } = new AbortController();
  const server = { ...ORDER, session: SESSION, timeoutMs: 1e9, mayLast: true };
  for (let at = 0; at < 2; at += 1) await bench.scheduler.take(server, signal);
  const third = bench.scheduler.take(server, signal);
  bench.clock.advance(5 * 60 * 1000);
  await third;
  await bench.scheduler.take(server, signal);
  const fifth = bench.scheduler.take(server, signal);
  await bench.scheduler[Symbol.asyncDispose]();
  await expect(fifth).rejects.toThrow('the kernel is closing');
  expect(bench.clock.waiting).toBe(0);
});
