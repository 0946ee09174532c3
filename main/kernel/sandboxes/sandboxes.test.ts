import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import type { Sandboxes } from './sandboxes.ts';
import { SandboxWorld, sessionId, settle } from './testing/sandbox-fixture.ts';
import { deferred } from './testing/deferred.ts';

const session = sessionId('s1');
const order = { session, workspace: '/w', profile: 'workspace', signal: new AbortController().signal };

let world: SandboxWorld;
let sandboxes: Sandboxes;
beforeEach(() => {
  world = new SandboxWorld();
  sandboxes = world.sandboxes();
});
afterEach(() => sandboxes[Symbol.asyncDispose]());

describe('a sandbox', () => {
  it('goes from creating to running, stopping and destroyed, and is kept at each step', async () => {
    const states: string[] = [];
    sandboxes.onChange((sandbox) => states.push(sandbox.state));
    const started = await sandboxes.start(order);
    expect(started).toMatchObject({ state: 'running', engine: 'docker', containerId: `id-cavern-${started.id}` });
    expect(started.phases.map((phase) => phase.name).sort()).toEqual(['agent', 'create', 'layer', 'start', 'volume']);
    expect(world.store.records.get(session)?.sandbox).toEqual(started);
    await sandboxes.stop(session);
    expect(states).toEqual(['creating', 'running', 'stopping', 'destroyed']);
    expect(world.left).toEqual([]);
    expect(sandboxes.list()).toEqual([]);
  });

  it('that cannot start says what it was doing, phase by phase', async () => {
    world.runtime.failures.set('start', new Fault('sandbox_failed', 'Cannot start: refused'));
    await expect(sandboxes.start(order)).rejects.toThrow('Cannot start: refused');
    const phases = sandboxes.list().flatMap((sandbox) => sandbox.phases);
    expect(phases.map(({ name, state = 'done' }) => `${name} ${state}`)).toEqual([
      'layer done',
      'volume done',
      'create done',
      'start failed',
    ]);
    expect(world.store.records.get(session)?.sandbox.phases).toEqual(phases);
  });

  it('whose image is missing has it brought first, and shows how far that is', async () => {
    await sandboxes[Symbol.asyncDispose]();
    sandboxes = world.sandboxes({ image: 'registry.test/node:24' });
    world.runtime.missingImages.add('registry.test/node:24');
    const seen: unknown[] = [];
    const watching = new AbortController();
    const gate = deferred<void>();
    world.runtime.imageGate = gate.promise;
    const followed = (async () => {
      for await (const [sandbox] of sandboxes.watch(watching.signal))
        seen.push(sandbox?.phases.find(({ name }) => name === 'image'));
    })();
    const starting = sandboxes.start(order);
    await settle();
    gate.resolve();
    const { phases, state } = await starting;
    await settle();
    watching.abort();
    await followed;
    expect(seen).toContainEqual(expect.objectContaining({ state: 'working', detail: 'half', share: 0.5 }));
    expect([state, phases.map(({ name }) => name)]).toEqual([
      'running',
      ['layer', 'volume', 'create', 'image', 'start', 'agent'],
    ]);
  });

  it('that nothing uses for too long is ended; looking at it is no use', async () => {
    await sandboxes[Symbol.asyncDispose]();
    sandboxes = world.sandboxes({ idleLimitMs: 60_000 });
    await sandboxes.start(order);
    const state = () => sandboxes.list().map((each) => [each.state, each.failure?.message.split(': ')[1]]);
    world.clock.advance(59_000);
    await sandboxes.connection(session).request('process.run', {});
    world.clock.advance(59_000);
    await sandboxes.connection(session).request('stats', {});
    await settle();
    expect(state()).toEqual([['running', undefined]]);
    world.clock.advance(1_000);
    await settle();
    expect(state()).toEqual([['failed', 'nothing used it for too long']]);
  });

  it('leaves its layer when it stops, is started on it again, and takes it away when it is removed', async () => {
    await sandboxes.start(order);
    const { startedAtMs } = sandboxes.layer(session);
    await sandboxes.stop(session);
    world.clock.advance(60_000);
    await sandboxes.start(order);
    expect(sandboxes.layer(session).startedAtMs).toBe(startedAtMs);
    await sandboxes.remove(session);
    expect([world.left, [...world.layers.made], [...world.store.records]]).toEqual([[], [], []]);
    expect(() => sandboxes.layer(session)).toThrow(Fault);
  });

  it('can be stopped and removed any number of times', async () => {
    await sandboxes.start(order);
    await sandboxes.stop(session);
    await sandboxes.stop(session);
    await sandboxes.remove(session);
    await sandboxes.remove(session);
    expect(world.left).toEqual([]);
  });

  it('is reached through its latest connection; without one the session is not running', async () => {
    expect(() => sandboxes.connection(session)).toThrow('Cannot reach session "s1": it has no sandbox');
    const told: string[] = [];
    sandboxes.onConnection((of) => told.push(of));
    await sandboxes.start(order);
    const first = sandboxes.connection(session);
    for (const endpoint of world.host.open.values()) endpoint.connect();
    expect(sandboxes.connection(session)).not.toBe(first);
    expect(told).toEqual(['s1', 's1']);
  });

  it('of an unknown profile is not started', async () => {
    await expect(sandboxes.start({ ...order, profile: 'none' })).rejects.toMatchObject({
      code: 'profile_unknown',
      fix: 'Use one of: workspace.',
    });
  });
});

describe('a running sandbox', () => {
  const failure = () => sandboxes.list()[0]?.failure?.message;

  it('whose container dies has failed, with the reason; nothing but its layer is left', async () => {
    const { id, containerId = '' } = await sandboxes.start(order);
    await settle();
    world.runtime.die(containerId, 137, { outOfMemory: true });
    await settle();
    expect(failure()).toBe(`Sandbox "${id}" ended: out of memory`);
    expect([world.left, [...world.layers.made]]).toEqual([[], ['s1']]);
  });

  it('whose agent said that memory ran out just before it was killed was ended by that, and not by it long after', async () => {
    const { id, containerId = '' } = await sandboxes.start(order);
    await settle();
    world.host.announce('memory.oom_kill', { count: 1 });
    world.clock.advance(1_000);
    world.runtime.die(containerId, 137);
    await settle();
    expect(failure()).toBe(`Sandbox "${id}" ended: out of memory`);
    const again = await sandboxes.start(order);
    world.host.announce('memory.oom_kill', { count: 1 });
    world.clock.advance(60_000);
    world.runtime.die(again.containerId ?? '', 137);
    await settle();
    expect(failure()).toBe(`Sandbox "${again.id}" ended: it was killed`);
  });

  it('that writes more than its profile allows is ended', async () => {
    const { id } = await sandboxes.start(order);
    world.layers.used = 1001;
    world.clock.advance(2_000);
    await settle();
    expect(failure()).toBe(`Sandbox "${id}" was ended: it wrote too much`);
    expect(world.left).toEqual([]);
  });

  it('is ended when its time is over', async () => {
    const limited = world.sandboxes({ timeLimitMs: 300_000 });
    const { id } = await limited.start(order);
    world.clock.advance(300_000);
    await settle();
    expect(limited.list()[0]?.failure?.message).toBe(`Sandbox "${id}" was ended: its time was over`);
    expect(world.left).toEqual([]);
    await limited[Symbol.asyncDispose]();
  });

  it('says that the engine is gone, and forgets it when the engine is back', async () => {
    await sandboxes.start(order);
    await settle();
    world.runtime.stopEngine();
    await settle();
    expect(sandboxes.list()).toMatchObject([{ state: 'running', failure: { code: 'engine_unavailable' } }]);
    world.runtime.startEngine();
    world.clock.advance(250);
    await settle();
    expect(sandboxes.list()).toMatchObject([{ state: 'running' }]);
    expect(failure()).toBeUndefined();
  });

  it('that did not survive the absence of the engine has failed', async () => {
    const { containerId = '' } = await sandboxes.start(order);
    await settle();
    world.runtime.stopEngine();
    world.runtime.containers.delete(containerId);
    await settle();
    world.runtime.startEngine();
    world.clock.advance(250);
    await settle();
    expect(failure()).toMatch(/ended: its container is gone/);
    expect(world.left).toEqual([]);
  });

  it('that is stopped while the engine is away is cleaned up when it is back', async () => {
    await sandboxes.start(order);
    await settle();
    world.runtime.stopEngine();
    await settle();
    await sandboxes.stop(session);
    expect(world.runtime.left).not.toEqual([]);
    world.runtime.startEngine();
    world.clock.advance(5_000);
    await settle();
    expect(world.left).toEqual([]);
  });
});

describe('after a kill of the kernel', () => {
  it('what is wanted goes on, and all else of this home is removed', async () => {
    const other = sessionId('s2');
    const kept = await sandboxes.start(order);
    await sandboxes.start({ ...order, session: other });
    const second = world.sandboxes();
    expect([...(await second.recover([session]))]).toEqual(['s1']);
    expect(second.list()).toEqual([kept]);
    expect(second.connection(session).sandbox).toBe(kept.id);
    expect([...world.runtime.overlays.keys()]).toEqual([`cavern-${kept.id}`]);
    expect([...world.layers.made]).toEqual(['s1', 's2']);
    await second.stop(session);
    await second[Symbol.asyncDispose]();
  });

  it('a layer that no record names is removed', async () => {
    await sandboxes.start(order);
    world.store.records.clear();
    const second = world.sandboxes();
    expect(await second.prune('show')).toMatchObject([
      { kind: 'container' },
      { kind: 'volume' },
      { kind: 'mount' },
      { kind: 'layer' },
      { kind: 'socket' },
    ]);
    expect(world.layers.made.size).toBe(1);
    await second.recover([]);
    expect([world.runtime.left, [...world.layers.made], [...world.socketFolders]]).toEqual([[], [], []]);
    await second[Symbol.asyncDispose]();
  });

  it('a sandbox whose agent does not come back is not taken over', async () => {
    await sandboxes.start(order);
    world.host.agents = 'stay away';
    const listen = world.host.listen.bind(world.host);
    world.host.listen = async (sandbox) => {
      const endpoint = await listen(sandbox);
      return { ...endpoint, connection: () => Promise.reject(new Fault('disconnected', 'Cannot reach the agent: no')) };
    };
    const second = world.sandboxes();
    expect([...(await second.recover([session]))]).toEqual([]);
    expect([second.list(), world.runtime.left]).toEqual([[], []]);
    await second[Symbol.asyncDispose]();
  });

  it('without an engine, the rest is cleaned up once there is one', async () => {
    await sandboxes.start(order);
    await sandboxes[Symbol.asyncDispose]();
    world.runtime.stopEngine();
    const second = world.sandboxes();
    expect([...(await second.recover([session]))]).toEqual([]);
    world.runtime.startEngine();
    await settle();
    world.clock.advance(5_000);
    await settle();
    expect(world.runtime.left).toEqual([]);
    await second[Symbol.asyncDispose]();
  });
});

it('Sandboxes gives up what is being started when it is closed, and leaves nothing of it', async () => {
  world.host.agents = 'stay away';
  const starting = sandboxes.start(order);
  starting.catch(() => undefined);
  await settle();
  await sandboxes[Symbol.asyncDispose]();
  await expect(starting).rejects.toMatchObject({ code: 'cancelled' });
  expect(world.left).toEqual([]);
});

it('Sandboxes leaves what runs running when it is closed', async () => {
  await sandboxes.start(order);
  await sandboxes[Symbol.asyncDispose]();
  expect([...world.runtime.containers.values()].map((container) => container.running)).toEqual([true]);
});
