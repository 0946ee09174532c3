import { expect, it } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import type { SessionLayer } from './session-layer.ts';
import { SandboxWorld, sessionId, settle } from './testing/sandbox-fixture.ts';

const order = { session: sessionId('s1'), workspace: '/w', profile: 'workspace', signal: new AbortController().signal };

it('removes what an earlier run left once, however many ask meanwhile, and each of them waits until it is gone', async () => {
  const world = new SandboxWorld();
  const first = world.sandboxes();
  await first.start(order);
  await first[Symbol.asyncDispose]();
  const asked: string[] = [];
  const remove = world.runtime.remove.bind(world.runtime);
  world.runtime.remove = async (id) => {
    asked.push(id);
    await settle();
    await remove(id);
  };
  await using second = world.sandboxes();
  const left = [1, 2].map(async () => {
    await second.recover([]);
    return world.runtime.left;
  });
  expect(await Promise.all(left)).toEqual([[], []]);
  expect(asked).toHaveLength(1);
});

it('leaves alone the helper that removes what another user owns, which no record speaks for', async () => {
  const world = new SandboxWorld();
  await using sandboxes = world.sandboxes();
  await sandboxes.start(order);
  await sandboxes.recover([order.session]);
  world.layers.blocked.add(order.session);
  const start = world.runtime.start.bind(world.runtime);
  world.runtime.start = async (id) => {
    await sandboxes.prune('remove');
    expect([...world.runtime.containers.keys()]).toEqual([id]);
    world.layers.blocked.clear();
    await start(id);
  };
  await sandboxes.remove(order.session);
  expect([world.left, [...world.layers.made]]).toEqual([[], []]);
});

it('removes a layer that nothing is in the way of any more where the helper could not start', async () => {
  const world = new SandboxWorld();
  await using sandboxes = world.sandboxes();
  await sandboxes.start(order);
  world.layers.blocked.add(order.session);
  world.runtime.start = async () => {
    world.layers.blocked.clear();
    throw new Fault('sandbox_failed', 'Cannot start the container: the container engine refused');
  };
  await sandboxes.remove(order.session);
  expect([world.left, [...world.layers.made]]).toEqual([[], []]);
});

it('says why the helper could not start where files are still in the way', async () => {
  const world = new SandboxWorld();
  await using sandboxes = world.sandboxes();
  await sandboxes.start(order);
  world.layers.blocked.add(order.session);
  world.runtime.failures.set(
    'start',
    new Fault('sandbox_failed', 'Cannot start the container', { why: 'no such file' }),
  );
  await expect(sandboxes.remove(order.session)).rejects.toMatchObject({ why: 'no such file' });
});

it('leaves alone the layer of a session that is being made from what another one wrote', async () => {
  const world = new SandboxWorld();
  await using sandboxes = world.sandboxes();
  const branch = sessionId('s2');
  const seed = async (): Promise<SessionLayer> => {
    const { layer } = await world.layers.prepare({
      session: branch,
      workspace: '/w',
      user: { uid: 1000, gid: 1000 },
      nowMs: 0,
      strategy: 'best',
    });
    expect(await sandboxes.prune('remove')).toEqual([]);
    return layer;
  };
  await sandboxes.start({ ...order, session: branch, seed });
  expect([...world.layers.made]).toEqual([branch]);
});
