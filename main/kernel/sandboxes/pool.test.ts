import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionId } from '../../../schema/entities.ts';
import type { Sandboxes } from './sandboxes.ts';
import { SandboxWorld, sessionId, settle } from './testing/sandbox-fixture.ts';

const MIB = 1024 * 1024;
const signal = new AbortController().signal;

let world: SandboxWorld;
let sandboxes: Sandboxes;
beforeEach(() => {
  world = new SandboxWorld();
  world.poolLimitBytes = 64 * MIB;
  sandboxes = world.sandboxes();
});
afterEach(() => sandboxes[Symbol.asyncDispose]());

const start = (session: SessionId, workspace = '/w') =>
  sandboxes.start({ session, workspace, profile: 'workspace', signal });

/** The time after which the pool has been filled. */
const refill = async (byMs = 1_000): Promise<void> => {
  await settle();
  world.clock.advance(byMs);
  await settle();
};

/** One session started cold, and after it what is ready for the next one. */
const used = async (): Promise<void> => {
  await start(sessionId('first'));
  await refill();
};

describe('a pool of sandboxes', () => {
  it('gives the next session one that is there already, with its own id and layer, as if it had just begun', async () => {
    await used();
    expect(world.runtime.containers.size).toBe(2);
    world.clock.advance(5_000);
    const session = sandboxes.sessionFor('/w', 'workspace');
    const created: string[] = [];
    world.runtime.create = async ({ name }) => {
      created.push(name);
      throw new Error('nothing is to be created');
    };
    const sandbox = await start(session);
    expect({ created, phases: sandbox.phases.map(({ name }) => name), state: sandbox.state }).toEqual({
      created: [],
      phases: ['pool'],
      state: 'running',
    });
    expect(sandboxes.layer(session)).toMatchObject({ session, startedAtMs: world.clock.now() });
    expect(world.runtime.containers.get(sandbox.containerId ?? '')?.spec.labels['dev.cavern.session']).toBe(session);
  });

  it.each([
    ['where there is room', {}, ['plugin.prepare', 'stats']],
    ['but not where memory is short', { memoryBytes: 256 * MIB }, ['stats']],
    ['but not where processes are short', { pids: 64 }, ['stats']],
  ])('has a Node wait in each for its first plugin, %s', async (_where, profile, asked) => {
    await sandboxes[Symbol.asyncDispose]();
    sandboxes = world.sandboxes(profile);
    await used();
    expect(world.host.requests.map(({ method }) => method)).toEqual(asked);
  });

  it('gives no sandbox twice, and none of another workspace', async () => {
    await used();
    const other = sandboxes.sessionFor('/other', 'workspace');
    const taken = sandboxes.sessionFor('/w', 'workspace');
    const second = sandboxes.sessionFor('/w', 'workspace');
    await start(other, '/other');
    const cold = await start(second);
    const warm = await start(taken);
    expect([cold.phases.length > 1, warm.phases.map(({ name }) => name)]).toEqual([true, ['pool']]);
  });

  it('never takes a used one back', async () => {
    await used();
    const session = sandboxes.sessionFor('/w', 'workspace');
    const { containerId } = await start(session);
    await sandboxes.remove(session);
    expect(world.runtime.containers.has(containerId ?? '')).toBe(false);
    await refill();
    const next = await start(sandboxes.sessionFor('/w', 'workspace'));
    expect(next.containerId).not.toBe(containerId);
  });

  it('starts none where it may use no memory', async () => {
    world.poolLimitBytes = 0;
    await used();
    expect(world.runtime.containers.size).toBe(1);
  });

  it('grows with use up to its memory, and is empty when nobody has used it for long enough', async () => {
    world.poolLimitBytes = 3 * 64 * MIB;
    for (let number = 0; number < 6; number++) await start(sessionId(`s${number}`));
    await refill();
    expect(world.runtime.containers.size).toBe(6 + 3);
    for (let minute = 0; minute < 16; minute++) await refill(60_000);
    expect(world.runtime.containers.size).toBe(6);
    expect([...world.layers.made].sort()).toEqual(['s0', 's1', 's2', 's3', 's4', 's5']);
  });

  it('drops one whose container has died, and starts another', async () => {
    await used();
    const [, dead = ''] = world.runtime.containers.keys();
    world.runtime.die(dead, 137);
    await refill();
    expect([world.runtime.containers.has(dead), world.runtime.containers.size]).toEqual([false, 2]);
  });

  it('drops those that an engine has lost when it is back', async () => {
    await used();
    const [, lost = ''] = world.runtime.containers.keys();
    world.runtime.stopEngine();
    await settle();
    world.runtime.containers.delete(lost);
    world.runtime.startEngine();
    await refill();
    await refill();
    expect([world.runtime.containers.has(lost), world.runtime.containers.size]).toEqual([false, 2]);
  });

  it('starts cold, under the same id, where the folder is another by now', async () => {
    await used();
    world.layers.isReplaced = true;
    const session = sandboxes.sessionFor('/w', 'workspace');
    const sandbox = await start(session);
    expect(sandbox.phases.map(({ name }) => name)).not.toContain('pool');
    expect([...world.runtime.containers.values()].map(({ spec }) => spec.labels['dev.cavern.session'])).toEqual([
      'first',
      session,
    ]);
  });

  it('removes one that was given out and never started', async () => {
    await used();
    sandboxes.sessionFor('/w', 'workspace');
    world.poolLimitBytes = 0;
    await refill(60_000);
    expect(world.runtime.containers.size).toBe(1);
  });

  it('is not what a prune removes', async () => {
    await used();
    expect(await sandboxes.prune('remove')).toEqual([]);
    expect(world.runtime.containers.size).toBe(2);
  });

  it('is gone when the kernel ends, and sessions are not', async () => {
    await used();
    await sandboxes[Symbol.asyncDispose]();
    const labels = [...world.runtime.containers.values()].map(({ spec }) => spec.labels['dev.cavern.session']);
    expect([labels, [...world.layers.made]]).toEqual([['first'], ['first']]);
  });

  it('of a killed kernel is removed by the next one', async () => {
    await used();
    world.poolLimitBytes = 0;
    const next = world.sandboxes();
    expect([...(await next.recover([sessionId('first')]))]).toEqual(['first']);
    expect([...world.layers.made, world.runtime.containers.size]).toEqual(['first', 1]);
    await next[Symbol.asyncDispose]();
  });

  it('whose container came into being only after the next kernel had looked is removed by it all the same', async () => {
    world.poolLimitBytes = 0;
    await sandboxes.recover([]);
    const labels = { 'dev.cavern.sandbox': 'late', 'dev.cavern.session': 'late' };
    await start(sessionId('first'));
    const [first] = world.runtime.containers.values();
    if (first) await world.runtime.create({ ...first.spec, name: 'late', labels });
    await refill(5_000);
    expect([...world.runtime.containers.values()].map(({ spec }) => spec.labels['dev.cavern.session'])).toEqual([
      'first',
    ]);
  });

  it('goes on trying after a start that failed, and leaves nothing of it', async () => {
    await start(sessionId('first'));
    world.runtime.failures.set('start', new Error('no'));
    await refill();
    expect([...world.layers.made, world.runtime.containers.size]).toEqual(['first', 1]);
    world.runtime.failures.clear();
    await refill(60_000);
    expect(world.runtime.containers.size).toBe(2);
  });

  it('ends at once one whose agent does not answer after its start', async () => {
    await start(sessionId('first'));
    world.host.unanswered.add('stats');
    await refill();
    expect(world.host.requests.map(({ method }) => method)).toContain('stats');
    expect([...world.layers.made, world.runtime.containers.size, world.host.open.size]).toEqual(['first', 1, 1]);
    world.host.unanswered.clear();
    await refill(60_000);
    expect(world.runtime.containers.size).toBe(2);
  });

  it('keeps no copies: they grow old', async () => {
    world.layers.strategy = 'copy';
    await used();
    await refill(60_000);
    expect([...world.layers.made, world.runtime.containers.size]).toEqual(['first', 1]);
  });
});
