import { beforeEach, describe, expect, it } from 'vitest';
import type { Keys } from './keys.ts';
import { DAY_MS, KeyWorld } from './keys.fixture.ts';

let world: KeyWorld;
let keys: Keys;
beforeEach(async () => {
  world = new KeyWorld();
  world.sessions.add('one');
  keys = await world.open();
});

/** How often the end of a key was told so far. */
function watched(id: string): { readonly told: number; readonly watch: Disposable } {
  let told = 0;
  const watch = keys.authentication.onEnd(id, () => {
    told += 1;
  });
  return {
    watch,
    get told() {
      return told;
    },
  };
}

const issue = (scope: string) => keys.issue({ scope }, 'operator');

describe('what goes on with a key', () => {
  it('is told once when the key is revoked, before that is on disk', async () => {
    const { id } = await issue('admin');
    const seen = watched(id);
    let release = (): void => undefined;
    world.onWrite = () => new Promise((resolve) => (release = resolve));
    const revoking = keys.revoke(id, 'operator');
    expect(seen.told).toBe(1);
    release();
    await revoking;
    expect([seen.told, world.clock.waiting]).toEqual([1, 0]);
  });

  it('is told when the key is rotated, and whoever has the new one is not', async () => {
    const { id } = await issue('namespace:ci');
    const seen = watched(id);
    const { id: next } = await keys.rotate(id, 'operator');
    const successor = watched(next);
    expect([seen.told, successor.told]).toEqual([1, 0]);
    successor.watch[Symbol.dispose]();
    expect(world.clock.waiting).toBe(0);
  });

  it.each([
    ['session:one', DAY_MS / 24],
    ['admin', 90 * DAY_MS],
  ])('is told when the time of a key of the scope %s is over, and not a millisecond before', async (scope, lifeMs) => {
    const { id } = await issue(scope);
    const seen = watched(id);
    world.clock.advance(lifeMs - 1);
    expect(seen.told).toBe(0);
    world.clock.advance(1);
    expect([seen.told, world.clock.waiting]).toEqual([1, 0]);
  });

  it('is told when the session of the key is gone', async () => {
    const { id } = await issue('session:one');
    const seen = watched(id);
    await keys.endSession('one');
    expect(seen.told).toBe(1);
  });

  it('is told at once where the key has ended already, or never was', async () => {
    const { id } = await issue('admin');
    await keys.revoke(id, 'operator');
    expect([watched(id).told, watched('nobodys1').told]).toEqual([1, 1]);
  });

  it('is told nothing any more when it has ended itself', async () => {
    const { id } = await issue('admin');
    const [first, second] = [watched(id), watched(id)];
    first.watch[Symbol.dispose]();
    await keys.revoke(id, 'operator');
    expect([first.told, second.told]).toEqual([0, 1]);
  });

  it('leaves nothing behind when the service ends', async () => {
    const { id } = await issue('admin');
    const seen = watched(id);
    await keys[Symbol.asyncDispose]();
    world.clock.advance(100 * DAY_MS);
    expect([seen.told, world.clock.waiting]).toEqual([0, 0]);
  });
});
