import { timingSafeEqual } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { KEY_KINDS, type KeyKind } from '../../../schema/key-scope.ts';
import { Authenticator } from './authenticator.ts';
import { isRefusal } from './authentication.ts';
import { KeyRing } from './key-ring.ts';
import { newToken } from './key-token.ts';
import type { Keys } from './keys.ts';
import { DAY_MS, KeyWorld, settled, START_MS } from './keys.fixture.ts';
import { LastUses } from './last-uses.ts';

const HOUR_MS = DAY_MS / 24;
const SCOPES: Readonly<Record<KeyKind, string>> = {
  admin: 'admin',
  namespace: 'namespace:ci',
  session: 'session:one',
  model: 'model:small',
};
const LIFETIMES: Readonly<Record<KeyKind, number>> = {
  admin: 90 * DAY_MS,
  namespace: 30 * DAY_MS,
  session: HOUR_MS,
  model: HOUR_MS,
};
const LIMITS: Readonly<Record<KeyKind, number>> = { admin: 1000, namespace: 100, session: 50, model: 200 };

let world: KeyWorld;
let keys: Keys;
beforeEach(async () => {
  world = new KeyWorld();
  world.sessions.add('one');
  keys = await world.open();
});

const issue = (scope: string) => keys.issue({ scope }, 'operator');
const judged = (token: string | undefined) => keys.authentication.authenticate(token);
/** `in`, or why not. */
function outcome(token: string | undefined): string {
  const answer = judged(token);
  return isRefusal(answer) ? `${answer.status} ${answer.reason}` : 'in';
}

describe('a bearer', () => {
  it('is who the token says, and every call is attributed to the key', async () => {
    const { id, token } = await issue('namespace:ci');
    expect(judged(token)).toEqual({
      id,
      prefix: `cav_${id}`,
      scope: { kind: 'namespace', namespace: 'ci' },
      caller: {
        actor: `key:${id}`,
        tags: ['scoped_key', 'namespace:ci'],
        containerId: '',
        peerPid: 0,
        scope: { kind: 'namespace', namespace: 'ci' },
      },
      rotationDue: false,
    });
  });

  it('is refused without a token, with what is none, and with a secret that belongs to no key or to another', async () => {
    const { token } = await issue('admin');
    const other = await issue('admin');
    const swapped = `cav_${other.id}_${token.slice(13)}`;
    const nobody = newToken(() => false).token.reveal();
    expect(
      [undefined, '', 'Bearer', token.slice(0, -1), nobody, swapped, `${token.slice(0, -1)}#`].map(outcome),
    ).toEqual([
      '401 missing',
      '401 missing',
      '401 malformed',
      '401 malformed',
      '401 unknown',
      '401 unknown',
      '401 malformed',
    ]);
    expect(keys.authentication.unknown).toBe(7);
  });

  it.each(KEY_KINDS)(
    'with a key of the kind %s is in until its lifetime is over, and not a millisecond longer',
    async (kind) => {
      const { token, expiresAt } = await issue(SCOPES[kind]);
      expect(expiresAt).toBe(START_MS + LIFETIMES[kind]);
      world.clock.advance(LIFETIMES[kind] - 1);
      expect(outcome(token)).toBe('in');
      world.clock.advance(1);
      expect(outcome(token)).toBe('401 expired');
    },
  );

  it('with a key that was revoked is refused from the moment that it was, before that is on disk', async () => {
    const { id, token } = await issue('admin');
    let release = (): void => undefined;
    world.onWrite = () => new Promise((resolve) => (release = resolve));
    const revoking = keys.revoke(id, 'operator');
    expect(outcome(token)).toBe('401 revoked');
    await settled();
    release();
    await revoking;
    expect(world.disk.get(id)?.ended).toEqual({ at: START_MS, why: 'revoked' });
  });

  it('with a key that is rotated while a request is under way goes through with that, and with no other', async () => {
    const { id, token } = await issue('namespace:ci');
    const before = judged(token);
    const rotated = await keys.rotate(id, 'operator');
    expect(isRefusal(before)).toBe(false);
    expect([outcome(token), outcome(rotated.token)]).toEqual(['401 rotated', 'in']);
  });

  it('is never out while a key is rotated: the old token is good until the new one is', async () => {
    const { id, token } = await issue('admin');
    const seen: string[] = [];
    world.onWrite = () => void seen.push(outcome(token));
    const { token: next } = await keys.rotate(id, 'operator');
    // The successor is written first; what ends the old one comes after it is in force.
    expect(seen).toEqual(['in', '401 rotated']);
    expect(outcome(next)).toBe('in');
  });

  it('who uses a key after its end is recorded, once a minute at most, and only with the right secret', async () => {
    const { id, token } = await issue('admin');
    await keys.revoke(id, 'operator');
    world.records.length = 0;
    const guess = `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`;
    for (let n = 0; n < 50; n += 1) [token, guess].map(outcome);
    world.clock.advance(60_000);
    outcome(token);
    const record = { type: 'call_decided', actor: `key:${id}`, decision: 'deny', data: { key: id, scope: 'admin' } };
    const reason = 'the key was used after its end: revoked';
    expect(world.records).toEqual([
      { ...record, reason },
      { ...record, reason },
    ]);
    expect(keys.authentication.use().find(({ kind }) => kind === 'admin')?.ended).toBe(51);
  });
});

describe('the comparison of tokens', () => {
  it('is made once over digests of one length, whether somebody has the id or not', async () => {
    const { id, token } = await issue('admin');
    const compared: [number, number][] = [];
    const ring = await KeyRing.open({
      all: () => [...world.disk.values()],
      put: async () => undefined,
      delete: async () => undefined,
    });
    const authenticator = new Authenticator({
      ring,
      clock: world.clock,
      lastUses: new LastUses({ clock: world.clock, store: { all: () => ({}), put: () => undefined } }),
      audit: { append: async () => undefined, record: () => undefined },
      rotateDue: async () => undefined,
      ends: { watch: () => ({ [Symbol.dispose]: () => undefined }) },
      isSame(a, b) {
        compared.push([a.length, b.length]);
        return timingSafeEqual(a, b);
      },
    });
    const wrong = `cav_${id}_${'A'.repeat(48)}`;
    const nobody = newToken((taken) => taken === id).token.reveal();
    const answers = [token, wrong, nobody].map((each) => authenticator.authenticate(each));
    expect(answers.map((answer) => (isRefusal(answer) ? answer.reason : 'in'))).toEqual(['in', 'unknown', 'unknown']);
    expect(compared).toEqual([
      [32, 32],
      [32, 32],
      [32, 32],
    ]);
    // The answers do not tell the two apart either.
    expect(answers[1]).toEqual(answers[2]);
  });
});

describe('the time that a refusal takes', () => {
  it('does not tell how much of a secret is right, nor whether somebody has the id', async () => {
    const { id, token } = await issue('admin');
    const last = token.endsWith('A') ? 'B' : 'A';
    const nearly = `${token.slice(0, -1)}${last}`;
    const wrong = `cav_${id}_${last.repeat(48)}`;
    const nobody = newToken((taken) => taken === id).token.reveal();
    expect([takeAsLong(nearly, wrong), takeAsLong(nearly, nobody)]).toEqual([true, true]);
  });
});

/** Whether one of some tries finds no difference. What is left out for one of the two, such as the digest, would show in each; a busy machine only in some. */
function takeAsLong(one: string, other: string): boolean {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (Math.abs(Math.log(timesAsLong(one, other))) < Math.log(1.5)) return true;
  }
  return false;
}

/** How many times as long the one takes as the other, in the middle of many tries side by side. */
function timesAsLong(one: string, other: string): number {
  const timed = (text: string): number => {
    const before = process.hrtime.bigint();
    for (let n = 0; n < 20; n += 1) judged(text);
    return Number(process.hrtime.bigint() - before);
  };
  const ratios = Array.from({ length: 31 }, () => timed(one) / timed(other)).sort((a, b) => a - b);
  return ratios[15] ?? 1;
}

describe('the limit of requests a minute', () => {
  it.each(KEY_KINDS)('of the kind %s is what the specification says, for each key by itself', async (kind) => {
    const limit = LIMITS[kind];
    const [first, second] = [await issue(SCOPES[kind]), await issue(SCOPES[kind])];
    for (let n = 0; n < limit; n += 1) expect(outcome(first.token)).toBe('in');
    world.clock.advance(17_500);
    expect(judged(first.token)).toEqual({
      status: 429,
      reason: 'rate_limit_exceeded',
      message: expect.stringContaining(`${limit} requests`),
      retryAfterSeconds: 43,
      body: {
        error: 'rate_limit_exceeded',
        category: kind,
        limit,
        window_seconds: 60,
        retry_after_seconds: 43,
      },
    });
    expect(outcome(second.token)).toBe('in');
    world.clock.advance(42_499);
    expect(outcome(first.token)).toBe('429 rate_limit_exceeded');
    world.clock.advance(1);
    expect(outcome(first.token)).toBe('in');
    expect(keys.authentication.use().find((use) => use.kind === kind)).toEqual({
      kind,
      accepted: limit + 2,
      limited: 2,
      ended: 0,
    });
  });

  it('does not begin anew with a rotation', async () => {
    const { id, token } = await issue('session:one');
    for (let n = 0; n < 50; n += 1) outcome(token);
    const rotated = await keys.rotate(id, 'operator');
    expect(outcome(rotated.token)).toBe('429 rate_limit_exceeded');
  });

  it('counts nothing that was refused, and nobody’s requests against a key', async () => {
    const { id, token } = await issue('session:one');
    for (let n = 0; n < 500; n += 1) outcome(`cav_${id}_${'A'.repeat(48)}`);
    for (let n = 0; n < 50; n += 1) expect(outcome(token)).toBe('in');
    for (let n = 0; n < 500; n += 1) outcome(token);
    world.clock.advance(60_000);
    expect(outcome(token)).toBe('in');
  });
});

describe('when a key was last used', () => {
  it('is known at once and written once a minute at most, all keys together', async () => {
    const issued = await Promise.all(Array.from({ length: 20 }, () => issue('admin')));
    for (let minute = 0; minute < 3; minute += 1) {
      for (const { token } of issued) for (let n = 0; n < 10; n += 1) outcome(token);
      const used = keys.picture().keys.map(({ lastUsedAt }) => lastUsedAt);
      expect(new Set(used)).toEqual(new Set([world.clock.now()]));
      world.clock.advance(60_000);
    }
    expect(world.useWrites).toHaveLength(3);
    expect(Object.keys(world.useWrites[2] ?? {})).toHaveLength(20);
  });

  it('is kept over a restart, and nothing of it is left behind', async () => {
    const { token, id } = await issue('admin');
    world.clock.advance(5000);
    outcome(token);
    await keys[Symbol.asyncDispose]();
    expect(world.clock.waiting).toBe(0);
    const again = await world.open();
    expect(again.picture().keys).toMatchObject([{ id, lastUsedAt: START_MS + 5000 }]);
  });
});

it('no record, document or list ever holds a secret', async () => {
  const { id, token } = await issue('admin');
  const { token: next } = await keys.rotate(id, 'operator');
  const kept = JSON.stringify([world.records, [...world.disk.values()], keys.picture()]);
  for (const secret of [token, next]) expect(kept).not.toContain(secret.slice(13));
});
