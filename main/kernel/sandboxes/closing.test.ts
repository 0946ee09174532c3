import { beforeEach, expect, it } from 'vitest';
import { SandboxWorld, sessionId, settle } from './testing/sandbox-fixture.ts';

const session = sessionId('s1');
const order = { session, workspace: '/w', profile: 'workspace', signal: new AbortController().signal };
/** Every watch that there is. */
const watched = { timeLimitMs: 60_000, idleLimitMs: 30_000, cacheBytes: 1_000 };

let world: SandboxWorld;
beforeEach(() => {
  world = new SandboxWorld();
});

it('leaves no timer behind, whatever is watched, kept ready or given out', async () => {
  world.poolLimitBytes = 1024 ** 3;
  const sandboxes = world.sandboxes(watched);
  await sandboxes.recover([]);
  await sandboxes.start(order);
  world.clock.advance(1_000);
  await settle();
  expect(sandboxes.readyAhead).toBe(1);
  sandboxes.sessionFor('/w', 'workspace');
  expect(world.clock.waiting).toBeGreaterThan(4);
  await sandboxes[Symbol.asyncDispose]();
  await settle();
  expect(world.clock.waiting).toBe(0);
});

it('while the engine is away it leaves no timer behind either', async () => {
  const sandboxes = world.sandboxes();
  await sandboxes.start(order);
  world.runtime.stopEngine();
  await settle();
  await sandboxes[Symbol.asyncDispose]();
  await settle();
  expect(world.clock.waiting).toBe(0);
});

it.each(['die', 'exceed'])(
  'notes nothing of a sandbox that ends after it (%s): the next kernel finds it',
  async (how) => {
    const sandboxes = world.sandboxes(watched);
    const started = await sandboxes.start(order);
    await settle();
    const closing = sandboxes[Symbol.asyncDispose]();
    world.layers.used = 10_000;
    if (how === 'die') world.runtime.die(started.containerId ?? '', 137);
    else world.clock.advance(120_000);
    await closing;
    world.store.put = () => expect.fail('the storage is closed by now');
    world.clock.advance(120_000);
    await settle();
    expect(world.store.records.get(session)?.sandbox.state).toBe('running');
  },
);

it('waits for an end that is under way, and for what it has to note', async () => {
  const sandboxes = world.sandboxes();
  const started = await sandboxes.start(order);
  await settle();
  world.runtime.die(started.containerId ?? '', 1);
  // Told, and being taken away.
  await new Promise((resolve) => setImmediate(resolve));
  await sandboxes[Symbol.asyncDispose]();
  expect(world.store.records.get(session)?.sandbox.state).toBe('failed');
  world.store.put = () => expect.fail('the storage is closed by now');
  await settle();
});
