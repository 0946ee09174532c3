import { describe, expect, test } from 'vitest';
import { SandboxWorld, sessionId, settle } from '../testing/sandbox-fixture.ts';

const signal = new AbortController().signal;
const cached = { cacheBytes: 1_000 };

describe('the package cache of a folder', () => {
  test('is given to every sandbox of the folder, and to none whose profile has no cache', async () => {
    const world = new SandboxWorld();
    const sandboxes = world.sandboxes(cached);
    await sandboxes.start({ session: sessionId('a'), workspace: '/w', profile: 'workspace', signal });
    await sandboxes.start({ session: sessionId('b'), workspace: '/w', profile: 'workspace', signal });
    const mounts = [...world.runtime.containers.values()].map(({ spec: { mounts } }) =>
      mounts.filter(({ target }) => target === '/var/cache/cavern'),
    );
    expect(mounts).toEqual(
      [1, 2].map(() => [{ kind: 'bind', source: '/caches/w', target: '/var/cache/cavern', access: 'write' }]),
    );
    const plain = new SandboxWorld();
    const { id } = await plain
      .sandboxes()
      .start({ session: sessionId('a'), workspace: '/w', profile: 'workspace', signal });
    expect(id).toBeDefined();
    expect(plain.caches.made.size).toBe(0);
  });

  test('ends a sandbox when it is full, says so, and begins again with the next one', async () => {
    const world = new SandboxWorld();
    const sandboxes = world.sandboxes(cached);
    const session = sessionId('a');
    await sandboxes.start({ session, workspace: '/w', profile: 'workspace', signal });
    world.caches.made.set('/w', 2_000);
    await settle();
    world.clock.advance(2_000);
    await settle();
    expect(sandboxes.list()).toMatchObject([{ state: 'failed', failure: { code: 'disk_full' } }]);
    expect(world.caches.full).toEqual(new Set(['/w']));
    await sandboxes.start({ session, workspace: '/w', profile: 'workspace', signal });
    expect(world.caches.made.get('/w')).toBe(0);
  });

  test('stays while its folder has a session, goes with prune after that, and never by itself', async () => {
    const world = new SandboxWorld();
    const sandboxes = world.sandboxes(cached);
    const session = sessionId('a');
    await sandboxes.start({ session, workspace: '/w', profile: 'workspace', signal });
    world.caches.made.set('/w', 7);
    expect(await sandboxes.prune('remove', 'idle')).toEqual([]);
    await sandboxes.stop(session);
    expect(await sandboxes.prune('show')).toEqual([]);
    expect(await sandboxes.prune('show', 'idle')).toEqual([{ kind: 'cache', name: '/w', sizeBytes: 7, about: '/w' }]);
    await sandboxes.remove(session);
    await world.sandboxes(cached).recover([]);
    expect(world.caches.made.size).toBe(1);
    expect(await sandboxes.prune('remove')).toHaveLength(1);
    expect(world.caches.made.size).toBe(0);
  });
});

test('an image whose name a later one has goes with prune, but not while it may still be built', async () => {
  const world = new SandboxWorld();
  const sandboxes = world.sandboxes();
  world.runtime.unnamedImages.set('old', { id: 'old', sizeBytes: 9, createdAtMs: 0 });
  expect(await sandboxes.prune('remove')).toEqual([]);
  world.clock.advance(3_700_000);
  expect(await sandboxes.prune('show')).toEqual([{ kind: 'image', name: 'old', sizeBytes: 9 }]);
  await sandboxes.recover([]);
  expect(world.runtime.unnamedImages.size).toBe(1);
  await sandboxes.prune('remove');
  expect(world.runtime.unnamedImages.size).toBe(0);
});
