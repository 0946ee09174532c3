import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { LABELS } from '../container-spec.ts';
import type { Sandboxes } from '../sandboxes.ts';
import { SandboxWorld, sessionId, settle } from '../testing/sandbox-fixture.ts';
import type { PluginPlace } from './plugin-place.ts';

const session = sessionId('s1');
const { signal } = new AbortController();
const place = (plugin: string, digest = `${plugin}-1`): PluginPlace => ({
  session,
  plugin,
  entry: `/opt/cavern/installed/${digest}/index.cjs`,
  profile: 'workspace',
  hosts: [],
  workspace: 'write',
  operator: 'untold',
});
const words = place('words');
const pages = place('pages');

let world: SandboxWorld;
let sandboxes: Sandboxes;
let told: string[];

const call = (of: PluginPlace, abort = signal): Promise<unknown> =>
  sandboxes.plugins.use(of, abort, ({ sandbox }) => Promise.resolve(sandbox));

function follow(): void {
  told = [];
  sandboxes.plugins.onChange(
    ({ state, failure }: Sandbox, plugin) =>
      void told.push([plugin, state, ...(failure ? [failure.message] : [])].join(' ')),
  );
}

/** The containers that are plugins' own, by plugin. */
function containers(): readonly string[] {
  return [...world.runtime.containers.values()].flatMap(({ spec }) => spec.labels[LABELS.plugin] ?? []).sort();
}

function containerOf(plugin: string): string {
  const found = [...world.runtime.containers].find(([, { spec }]) => spec.labels[LABELS.plugin] === plugin);
  return found?.[0] ?? '';
}

beforeEach(async () => {
  world = new SandboxWorld();
  sandboxes = world.sandboxes();
  follow();
  await sandboxes.start({ session, workspace: '/w', profile: 'workspace', signal });
});
afterEach(() => sandboxes[Symbol.asyncDispose]());

describe('a plugin’s own sandbox', () => {
  it('is started by the first call, on the workspace of the session, and sees no other plugin’s code', async () => {
    const [one, two] = await Promise.all([call(words), call(words)]);
    expect(one).toBe(two);
    expect(await call(pages)).not.toBe(one);
    expect(containers()).toEqual(['pages', 'words']);
    const { spec } = world.runtime.containers.get(containerOf('words')) ?? {};
    const [own] = world.runtime.overlays.keys();
    const mounted = (target: string) => spec?.mounts.find((mount) => mount.target === target);
    expect(mounted('/workspace')).toEqual({ kind: 'volume', volume: own, target: '/workspace', access: 'write' });
    expect(mounted('/etc/gitconfig')).toBeUndefined();
    expect(spec?.mounts.map(({ target }) => target).filter((target) => target.startsWith('/opt/cavern/'))).toEqual([
      '/opt/cavern/agent',
      '/opt/cavern/installed/words-1',
    ]);
    expect(mounted('/run/cavern')).toMatchObject({ source: `/ipc/${String(one)}`, access: 'read' });
    expect(told.slice(0, 2)).toEqual(['words creating', 'words running']);
  });

  it('sees of the workspace and of the operator what its manifest was granted', async () => {
    await call({ ...words, workspace: 'read', operator: 'told' });
    await call({ ...pages, workspace: 'none' });
    const mountsOf = (plugin: string) =>
      world.runtime.containers
        .get(containerOf(plugin))
        ?.spec.mounts.filter(({ target }) => ['/workspace', '/etc/gitconfig'].includes(target));
    expect(mountsOf('words')).toMatchObject([
      { kind: 'volume', access: 'read' },
      { kind: 'bind', target: '/etc/gitconfig' },
    ]);
    expect(mountsOf('pages')).toEqual([
      { kind: 'tmpfs', target: '/workspace', sizeBytes: 4096, mode: 0o555, uid: 0, gid: 0 },
    ]);
  });

  it('counts as something that ran on the workspace of its session, also when it has come and gone', async () => {
    expect(sandboxes.pulse(session)).toBeUndefined();
    world.pulse = 'still';
    const before = sandboxes.pulse(session);
    await call(words);
    const meanwhile = sandboxes.pulse(session);
    sandboxes.plugins.endIdle('it is time');
    expect(sandboxes.pulse(session)).toBe(meanwhile);
    await settle();
    const after = sandboxes.pulse(session);
    expect([before, meanwhile, after]).not.toContain(undefined);
    expect(new Set([before, meanwhile, after]).size).toBe(3);
  });

  it('ends with its session, before the workspace that it is made on is taken away', async () => {
    await Promise.all([call(words), call(pages)]);
    const removed: string[] = [];
    const remove = world.runtime.remove.bind(world.runtime);
    world.runtime.remove = async (id) => {
      removed.push(id);
      await settle();
      await remove(id);
    };
    world.runtime.volumes.remove = async (name) => {
      removed.push(`volume ${containers().length}`);
      world.runtime.overlays.delete(name);
    };
    await sandboxes.stop(session);
    expect([removed.length, removed.at(-1), world.left]).toEqual([4, 'volume 0', []]);
    await expect(call(words)).rejects.toMatchObject({ code: 'session_not_running' });
    expect(told).toContain('words destroyed');
  });

  it('ends when nobody calls it for as long as the operator says, and is started anew by the next call', async () => {
    world.pluginIdleMs = 60_000;
    let answer = (): void => undefined;
    const first = sandboxes.plugins.use(words, signal, () => new Promise<void>((resolve) => (answer = resolve)));
    await settle();
    world.clock.advance(600_000);
    await settle();
    expect(containers()).toEqual(['words']);
    answer();
    await first;
    world.clock.advance(59_000);
    await call(words);
    world.clock.advance(59_000);
    await settle();
    expect(containers()).toEqual(['words']);
    world.clock.advance(1_000);
    await settle();
    expect([containers(), told.at(-1)]).toEqual([[], 'words destroyed']);
    await call(words);
    expect(containers()).toEqual(['words']);
  });

  it('ends where memory is short and nobody calls it at the moment', async () => {
    let answer = (): void => undefined;
    const working = sandboxes.plugins.use(words, signal, () => new Promise<void>((resolve) => (answer = resolve)));
    await call(pages);
    sandboxes.plugins.endIdle('memory is short');
    await settle();
    expect(containers()).toEqual(['words']);
    answer();
    await working;
  });

  it('keeps its session in use for as long as it works', async () => {
    const idle = sessionId('idle');
    await sandboxes[Symbol.asyncDispose]();
    sandboxes = world.sandboxes({ idleLimitMs: 60_000 });
    await sandboxes.start({ session: idle, workspace: '/w', profile: 'workspace', signal });
    let answer = (): void => undefined;
    const work = (): Promise<void> => new Promise<void>((resolve) => (answer = resolve));
    const working = sandboxes.plugins.use({ ...words, session: idle }, signal, work);
    for (let minute = 0; minute < 5; minute += 1) {
      await settle();
      world.clock.advance(60_000);
    }
    await settle();
    expect(sandboxes.list().find((each) => each.session === idle)?.state).toBe('running');
    answer();
    await working;
    for (let minute = 0; minute < 5; minute += 1) {
      world.clock.advance(60_000);
      await settle();
    }
    expect(sandboxes.list().find((each) => each.session === idle)?.state).toBe('failed');
    expect(containers()).toEqual([]);
  });

  it('ends when the plugin is offered no more, and cannot be started again', async () => {
    await Promise.all([call(words), call(pages)]);
    sandboxes.plugins.keepOnly(new Set([pages.entry]));
    await settle();
    expect(containers()).toEqual(['pages']);
    await expect(call(words)).rejects.toMatchObject({ code: 'tool_unknown' });
    const update = place('words', 'words-2');
    sandboxes.plugins.keepOnly(new Set([pages.entry, update.entry]));
    await call(update);
    expect(containers()).toEqual(['pages', 'words']);
  });

  it('that is killed says so to its callers, and the session and the other plugins go on', async () => {
    await Promise.all([call(words), call(pages)]);
    const before = await call(words);
    const lost = sandboxes.plugins.use(words, signal, async () => {
      world.runtime.die(containerOf('words'), 137);
      throw new Fault('disconnected', 'The connection has ended');
    });
    await expect(lost).rejects.toMatchObject({ code: 'plugin_failed' });
    await settle();
    expect(told.at(-1)).toMatch(/^words failed The sandbox of plugin "words" ended with code/);
    expect([containers(), sandboxes.list()[0]?.state]).toEqual([['pages'], 'running']);
    expect(await call(words)).not.toBe(before);
  });

  it('that cannot be started leaves nothing, and the next call tries again', async () => {
    const failure = new Fault('sandbox_failed', 'Cannot start: no');
    const start = world.runtime.start.bind(world.runtime);
    world.runtime.start = () => Promise.reject(failure);
    await expect(call(words)).rejects.toMatchObject({ code: 'sandbox_failed' });
    expect([containers(), told.at(-1)]).toEqual([[], 'words failed Cannot start: no']);
    expect(world.socketFolders.size).toBe(1);
    world.runtime.start = start;
    await call(words);
    expect(containers()).toEqual(['words']);
  });

  it('takes the place of the one that was not called for longest, where a session has very many', async () => {
    for (let number = 0; number < 16; number += 1) {
      await call(place(`p${number}`));
      world.clock.advance(1_000);
    }
    await call(place('p0'));
    await call(words);
    await settle();
    expect(containers()).toHaveLength(16);
    expect(containers()).not.toContain('p1');
    expect(containers()).toContain('p0');
  });
});

describe('a session that stands still', () => {
  let calls: string[];
  beforeEach(() => {
    calls = [];
    const nameOf = (id: string) => world.runtime.containers.get(id)?.spec.labels[LABELS.plugin] ?? 'session';
    world.runtime.pause = async (id: string) => void calls.push(`pause ${nameOf(id)}`);
    world.runtime.resume = async (id: string) => void calls.push(`resume ${nameOf(id)}`);
  });

  it('has its plugins stand still before it, and go on after it', async () => {
    await call(words);
    await sandboxes.standstill.hold(session, 'operator');
    await sandboxes.standstill.hold(session, 'task');
    await sandboxes.standstill.release(session, 'operator');
    await sandboxes.standstill.release(session, 'task');
    expect(calls).toEqual(['pause words', 'pause session', 'resume session', 'resume words']);
  });

  it('starts no plugin until it goes on', async () => {
    await sandboxes.standstill.hold(session, 'operator');
    const waiting = call(words);
    const abort = new AbortController();
    const given = call(words, abort.signal);
    abort.abort();
    await expect(given).rejects.toMatchObject({ code: 'cancelled' });
    await settle();
    expect(containers()).toEqual([]);
    await sandboxes.standstill.release(session, 'operator');
    await waiting;
    expect([containers(), calls]).toEqual([['words'], ['pause session', 'resume session']]);
  });

  it('waits for a plugin that is being started, which then stands still too', async () => {
    world.host.agents = 'stay away';
    const starting = call(words);
    await settle();
    const holding = sandboxes.standstill.hold(session, 'operator');
    await settle();
    expect(calls).toEqual([]);
    for (const [id, endpoint] of world.host.open) if (containerOf('words').endsWith(id)) endpoint.connect();
    await Promise.all([starting, holding]);
    expect(calls).toEqual(['pause words', 'pause session']);
  });

  it('ends a plugin that cannot be made to stand still', async () => {
    await call(words);
    const pause = world.runtime.pause.bind(world.runtime);
    world.runtime.pause = (id: string) =>
      id === containerOf('words') ? Promise.reject(new Fault('sandbox_failed', 'Cannot pause')) : pause(id);
    await sandboxes.standstill.hold(session, 'operator');
    expect([containers(), calls]).toEqual([[], ['pause session']]);
  });

  it('can be stopped, with a call that waits for it', async () => {
    await sandboxes.standstill.hold(session, 'operator');
    const waiting = call(words);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'sandbox_failed' });
    await sandboxes.stop(session);
    await refused;
    expect(world.left).toEqual([]);
  });
});

describe('after a restart of the kernel', () => {
  it('those of sessions that go on are taken over, and what is left of others is removed', async () => {
    const other = sessionId('s2');
    await sandboxes.start({ session: other, workspace: '/v', profile: 'workspace', signal });
    const before = await call(words);
    await call({ ...pages, session: other });
    await sandboxes[Symbol.asyncDispose]();
    sandboxes = world.sandboxes();
    follow();
    await sandboxes.recover([session]);
    expect(containers()).toEqual(['words']);
    expect(await call(words)).toBe(before);
    expect(told).toEqual(['words running', 'words running']);
    await sandboxes.stop(session);
    expect(world.left).toEqual([]);
  });

  it('one of a plugin that is not offered any more is not taken over', async () => {
    await call(words);
    await sandboxes[Symbol.asyncDispose]();
    sandboxes = world.sandboxes();
    sandboxes.plugins.keepOnly(new Set());
    await sandboxes.recover([session]);
    expect(containers()).toEqual([]);
  });
});
