import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import type { Sandboxes } from './sandboxes.ts';
import { SandboxWorld, sessionId, settle } from './testing/sandbox-fixture.ts';

const session = sessionId('s1');
const order = { session, workspace: '/w', profile: 'workspace', signal: new AbortController().signal };

let world: SandboxWorld;
let sandboxes: Sandboxes;
beforeEach(() => {
  world = new SandboxWorld();
  sandboxes = world.sandboxes();
});
afterEach(() => sandboxes[Symbol.asyncDispose]());

describe('a start that fails', () => {
  it.each(['createOverlay', 'create', 'start'])('in %s leaves nothing, and says why', async (step) => {
    world.runtime.failures.set(step, new Fault('sandbox_failed', 'Cannot x: no', { why: 'because' }));
    await expect(sandboxes.start(order)).rejects.toMatchObject({ code: 'sandbox_failed' });
    expect(world.left).toEqual([]);
    expect(sandboxes.list()).toMatchObject([{ state: 'failed', failure: { code: 'sandbox_failed', why: 'because' } }]);
  });

  it('for want of the image says how to make it', async () => {
    world.runtime.failures.set('create', new Fault('image_missing', 'Cannot create: no such image'));
    await expect(sandboxes.start(order)).rejects.toMatchObject({
      code: 'image_missing',
      fix: 'Make it with `npm run setup`.',
    });
  });

  it('in the layer leaves nothing with the engine', async () => {
    world.layers.prepareFailure = new Fault('disk_full', 'Cannot start a session: the disk is full');
    await expect(sandboxes.start(order)).rejects.toMatchObject({ code: 'disk_full' });
    expect(world.left).toEqual([]);
  });

  it('because the agent does not connect shows its last words', async () => {
    world.host.agents = 'stay away';
    const starting = sandboxes.start(order);
    starting.catch(() => undefined);
    for (let second = 0; second < 6; second++) {
      await settle();
      world.clock.advance(1_000);
    }
    await expect(starting).rejects.toMatchObject({ code: 'sandbox_failed', why: 'the last words' });
    expect(world.left).toEqual([]);
  });

  it('because it was cancelled leaves nothing', async () => {
    world.host.agents = 'stay away';
    const cancelling = new AbortController();
    const starting = sandboxes.start({ ...order, signal: cancelling.signal });
    starting.catch(() => undefined);
    await settle();
    cancelling.abort();
    await expect(starting).rejects.toMatchObject({ code: 'cancelled' });
    expect(world.left).toEqual([]);
  });

  it('goes on with a copy where the engine cannot mount an overlay', async () => {
    const mount = new Fault('sandbox_failed', 'Cannot start', {
      why: 'failed to mount local volume: invalid argument',
    });
    world.runtime.failures.set('start', mount);
    sandboxes.onChange(() => undefined);
    const create = world.runtime.create.bind(world.runtime);
    world.runtime.create = async (spec) => {
      if (spec.mounts[0]?.kind !== 'bind') return create(spec);
      world.runtime.failures.clear();
      // Real engines refuse a container whose folders are not there yet.
      if (!world.layers.copied.has(session)) throw new Fault('sandbox_failed', 'bind source path does not exist');
      return create(spec);
    };
    await sandboxes.start(order);
    expect(sandboxes.layer(session)).toMatchObject({ strategy: 'copy', upper: '/sessions/s1/copy' });
    expect(world.runtime.overlays.size).toBe(0);
    await sandboxes.stop(session);
    expect(world.left).toEqual([]);
  });
});

it('Sandboxes whose disk is full are not said to be ready', async () => {
  world.layers.prepareFailure = new Fault('disk_full', 'Cannot start a session: the disk is full', {
    why: '1 MB left.',
  });
  const { checks } = await sandboxes.doctor();
  expect(checks.find(({ name }) => name === 'workspace')).toEqual({
    name: 'workspace',
    ok: false,
    message: 'Cannot start a session: the disk is full. 1 MB left.',
    fix: null,
  });
});
