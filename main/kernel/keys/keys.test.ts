import { beforeEach, describe, expect, it } from 'vitest';
import type { Keys } from './keys.ts';
import { isRefusal } from './authentication.ts';
import { DAY_MS, KeyWorld, settled, START_MS, storageFailed } from './keys.fixture.ts';

let world: KeyWorld;
let keys: Keys;
beforeEach(async () => {
  world = new KeyWorld();
  keys = await world.open();
});

const issue = (scope: string, ttlMs?: number) => keys.issue({ scope, owner: 'ci', ttlMs }, 'operator');
function outcome(token: string): string {
  const answer = keys.authentication.authenticate(token);
  return isRefusal(answer) ? answer.reason : 'in';
}
const types = (): string[] => world.records.map(({ type }) => type);

describe('issuing', () => {
  it('gives a token once, and records who gave what to whom before it is good', async () => {
    const issued = await issue('namespace:ci');
    const { token, ...shown } = issued;
    const { id } = issued;
    expect(issued).toEqual({
      id,
      prefix: token.slice(0, 12),
      scope: 'namespace:ci',
      owner: 'ci',
      state: 'active',
      issuedAt: START_MS,
      expiresAt: START_MS + 30 * DAY_MS,
      rotatesAt: START_MS + 7 * DAY_MS,
      token,
    });
    expect(keys.picture().keys).toEqual([shown]);
    expect(world.records).toEqual([
      {
        type: 'key_issued',
        actor: 'operator',
        data: { key: id, scope: 'namespace:ci', owner: 'ci', expiresAt: START_MS + 30 * DAY_MS },
      },
    ]);
  });

  it('takes a shorter life, which rotation does not make longer', async () => {
    const { id, expiresAt, rotatesAt } = await issue('admin', DAY_MS);
    expect([expiresAt, rotatesAt]).toEqual([START_MS + DAY_MS, undefined]);
    world.clock.advance(DAY_MS / 2);
    expect((await keys.rotate(id, 'operator')).expiresAt).toBe(START_MS + 1.5 * DAY_MS);
  });

  it.each([
    ['admin', 90 * DAY_MS + 1],
    ['namespace:ci', 30 * DAY_MS + 1],
    ['model:m', DAY_MS],
  ])('refuses a longer life than its scope allows: %s for %i ms', async (scope, ttlMs) => {
    await expect(issue(scope, ttlMs)).rejects.toThrow('Cannot issue a key: a key of the kind');
  });

  it('refuses a key for a session that is not there', async () => {
    await expect(issue('session:none')).rejects.toThrow('Cannot issue a key: there is no session "none"');
  });

  it('without a record, or without a disk, gives no key', async () => {
    world.isAuditWritable = false;
    await expect(issue('admin')).rejects.toMatchObject({ code: 'audit_unavailable' });
    world.isAuditWritable = true;
    world.onWrite = () => {
      throw storageFailed();
    };
    await expect(issue('admin')).rejects.toMatchObject({ code: 'storage_failed' });
    expect([keys.picture().keys, world.disk.size]).toEqual([[], 0]);
    expect(types()).toEqual(['key_issued', 'key_revoked']);
  });
});

describe('rotating', () => {
  it('gives a new token under a new name and ends the old one at once', async () => {
    const { id, token } = await issue('admin');
    world.clock.advance(1000);
    const next = await keys.rotate(id, 'operator');
    expect(next).toMatchObject({ previous: id, scope: 'admin', owner: 'ci', issuedAt: START_MS + 1000 });
    expect(next.id).not.toBe(id);
    expect([outcome(token), outcome(next.token)]).toEqual(['rotated', 'in']);
    expect(keys.picture().keys).toMatchObject([
      { id: next.id, state: 'active' },
      { id, state: 'rotated', endedAt: START_MS + 1000 },
    ]);
    expect(world.records.find(({ type }) => type === 'key_rotated')).toMatchObject({
      type: 'key_rotated',
      actor: 'operator',
      data: { key: next.id, previous: id },
    });
  });

  it.each(['unknown', 'revoked', 'rotated', 'expired'])('of a key that is %s answers not_found', async (what) => {
    const { id } = await issue('admin');
    if (what === 'revoked') await keys.revoke(id, 'operator');
    if (what === 'rotated') await keys.rotate(id, 'operator');
    if (what === 'expired') world.clock.advance(90 * DAY_MS);
    const before = world.disk.size;
    await expect(keys.rotate(what === 'unknown' ? 'zzzzzzzz' : id, 'operator')).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(world.disk.size).toBe(before);
  });

  it('twice at the same time gives one new token', async () => {
    const { id } = await issue('admin');
    const both = await Promise.allSettled([keys.rotate(id, 'operator'), keys.rotate(id, 'operator')]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(keys.picture().keys.filter(({ state }) => state === 'active')).toHaveLength(1);
  });

  it('that cannot be stored leaves the old token good', async () => {
    const { id, token } = await issue('admin');
    world.onWrite = () => {
      throw storageFailed();
    };
    await expect(keys.rotate(id, 'operator')).rejects.toMatchObject({ code: 'storage_failed' });
    expect(outcome(token)).toBe('in');
    expect(keys.picture().keys).toHaveLength(1);
  });

  it('of a key that is revoked meanwhile gives nobody a token', async () => {
    const { id, token } = await issue('admin');
    let writes = 0;
    world.onWrite = async () => {
      writes += 1;
      if (writes === 1) await keys.revoke(id, 'operator');
    };
    await expect(keys.rotate(id, 'operator')).rejects.toMatchObject({ code: 'not_found' });
    expect(outcome(token)).toBe('revoked');
    expect(keys.picture().keys.map(({ state }) => state)).toEqual(['revoked', 'revoked']);
  });

  it.each([...Array(3).keys()])(
    'that is cut off by a crash at write %i leaves exactly one good token',
    async (crashAt) => {
      const { id, token } = await issue('admin');
      let writes = 0;
      world.onWrite = () => {
        writes += 1;
        if (writes > crashAt) throw storageFailed();
      };
      const rotated = await keys.rotate(id, 'operator').catch(() => undefined);
      world.onWrite = () => undefined;
      keys = await world.open();
      const active = keys.picture().keys.filter(({ state }) => state === 'active');
      expect(active).toHaveLength(1);
      expect(outcome(token)).toBe(crashAt === 0 ? 'in' : 'rotated');
      expect(active[0]?.id).toBe(rotated?.id ?? id);
    },
  );
});

describe('rotation by itself', () => {
  it.each([
    ['namespace:ci', 7],
    ['admin', 83],
  ])(
    'of %s comes with the first use from day %i on, for one of those who use it at the same time',
    async (scope, day) => {
      const { id, token } = await issue(scope);
      world.clock.advance(day * DAY_MS - 1);
      expect(keys.authentication.authenticate(token)).toMatchObject({ rotationDue: false });
      expect(await keys.authentication.rotateDue(id)).toBeUndefined();
      world.clock.advance(1);
      expect(keys.authentication.authenticate(token)).toMatchObject({ rotationDue: true });
      const given = await Promise.all([1, 2, 3].map(() => keys.authentication.rotateDue(id)));
      const [rotated] = given.filter((each) => each !== undefined);
      expect(given.filter((each) => each === undefined)).toHaveLength(2);
      expect([outcome(token), outcome(rotated?.token.reveal() ?? '')]).toEqual(['rotated', 'in']);
      expect(world.records.find(({ type }) => type === 'key_rotated')).toMatchObject({
        type: 'key_rotated',
        actor: `key:${id}`,
        data: { key: rotated?.id, previous: id, automatic: true },
      });
    },
  );

  it('of keys that live an hour there is none', async () => {
    const { token, rotatesAt } = await issue('model:small');
    world.clock.advance(DAY_MS / 24 - 1);
    expect([rotatesAt, keys.authentication.authenticate(token)]).toMatchObject([undefined, { rotationDue: false }]);
  });

  it('that cannot be done leaves the key as it is', async () => {
    const { id, token } = await issue('namespace:ci');
    world.clock.advance(8 * DAY_MS);
    world.configure('https://ops.example.com', undefined);
    expect(await keys.authentication.rotateDue(id)).toBeUndefined();
    world.configure(undefined, undefined);
    world.isAuditWritable = false;
    expect(await keys.authentication.rotateDue(id)).toBeUndefined();
    expect(outcome(token)).toBe('in');
  });
});

describe('ending', () => {
  it('is recorded, answers not_found the second time, and outlives a restart', async () => {
    const { id, token } = await issue('admin');
    expect(await keys.revoke(id, 'operator')).toMatchObject({ id, state: 'revoked', endedAt: START_MS });
    await expect(keys.revoke(id, 'operator')).rejects.toMatchObject({ code: 'not_found' });
    expect(types()).toEqual(['key_issued', 'key_revoked']);
    keys = await world.open();
    expect(outcome(token)).toBe('revoked');
  });

  it('takes effect also where neither record nor disk can be written', async () => {
    const { id, token } = await issue('admin');
    world.isAuditWritable = false;
    world.onWrite = () => {
      throw storageFailed();
    };
    await expect(keys.revoke(id, 'operator')).rejects.toMatchObject({ code: 'storage_failed' });
    expect(outcome(token)).toBe('revoked');
  });

  it('of a session ends its keys and no other', async () => {
    world.sessions.add('one').add('two');
    const tokens = [
      await issue('session:one'),
      await issue('session:one'),
      await issue('session:two'),
      await issue('admin'),
    ];
    await keys.endSession('one');
    expect(tokens.map(({ token }) => outcome(token))).toEqual(['revoked', 'revoked', 'in', 'in']);
    expect(world.records.filter(({ type }) => type === 'key_revoked')).toMatchObject([
      { actor: 'kernel', reason: 'its session is gone' },
      { actor: 'kernel' },
    ]);
  });

  it('is forgotten a month later, and what has a successor never before it', async () => {
    const { id } = await issue('admin');
    await keys.rotate(id, 'operator');
    world.clock.advance(30 * DAY_MS - 1);
    await issue('namespace:a');
    expect(world.disk.has(id)).toBe(true);
    world.clock.advance(1);
    await issue('namespace:a');
    expect(world.disk.has(id)).toBe(false);
  });
});

it('whoever follows the keys sees each change, and the state at once', async () => {
  const abort = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const { keys: list } of keys.watch(abort.signal)) seen.push(list.map(({ state }) => state).join());
  })();
  await settled();
  const { id } = await issue('admin');
  await keys.revoke(id, 'operator');
  await settled();
  abort.abort();
  await following;
  expect([seen[0], seen.at(-1)]).toEqual(['', 'revoked']);
});

it('no operation leaves a timer behind once the keys are disposed', async () => {
  world.configure('https://ops.example.com', 'a-secret-of-some-length');
  world.onPost = async () => 500;
  const { id } = await issue('admin');
  await keys.rotate(id, 'operator');
  await settled();
  expect(world.clock.waiting).toBeGreaterThan(0);
  await keys[Symbol.asyncDispose]();
  expect(world.clock.waiting).toBe(0);
});
