import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Keys } from './keys.ts';
import { isRefusal } from './authentication.ts';
import { DAY_MS, KeyWorld, settled, START_MS } from './keys.fixture.ts';
import { checkWebhookUrl } from './webhook-address.ts';

const SECRET = 'a-secret-of-some-length';
const URL = 'https://ops.example.com/cavern';

let world: KeyWorld;
let keys: Keys;
beforeEach(async () => {
  world = new KeyWorld();
  world.configure(URL, SECRET);
  keys = await world.open();
  keys.begin();
});

const issue = () => keys.issue({ scope: 'namespace:ci', owner: 'nightly build' }, 'operator');
const webhook = () => keys.picture().webhook;

describe('a rotation', () => {
  it('is told to the webhook, signed, and without a token', async () => {
    const { id } = await issue();
    world.clock.advance(1234);
    const { id: next, token } = await keys.rotate(id, 'operator');
    await settled();
    const [request] = world.sent;
    expect([world.sent.length, request?.url]).toEqual([1, URL]);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      event: 'key.rotated',
      key_id: next,
      previous_key_id: id,
      rotated_at: new Date(START_MS + 1234).toISOString(),
      scope: 'namespace:ci',
      owner: 'nightly build',
      key_prefix: `cav_${next}`,
    });
    const timestamp = String(Math.floor((START_MS + 1234) / 1000));
    expect(request?.headers).toEqual({
      'Content-Type': 'application/json',
      'X-Cave-Webhook-Timestamp': timestamp,
      'X-Cave-Webhook-Signature': createHmac('sha256', SECRET).update(`${timestamp}.${request?.body}`).digest('base64'),
    });
    expect(JSON.stringify(world.sent)).not.toContain(token.slice(13));
    expect([webhook().waiting, world.disk.get(next)?.notice, world.clock.waiting]).toEqual([0, undefined, 0]);
  });

  it('with a webhook that has no secret is refused, and the old key stays valid', async () => {
    const { id, token } = await issue();
    world.configure(URL, undefined);
    await expect(keys.rotate(id, 'operator')).rejects.toMatchObject({ code: 'webhook_without_secret' });
    expect(isRefusal(keys.authentication.authenticate(token))).toBe(false);
    expect([world.records.map(({ type }) => type), webhook()]).toEqual([
      ['key_issued'],
      { url: URL, hasSecret: false, waiting: 0, failed: 0 },
    ]);
  });

  it('without a webhook is told to nobody', async () => {
    await keys.configureWebhook(null, undefined);
    const { id } = await issue();
    const { notice } = await keys.rotate(id, 'operator');
    await settled();
    expect([notice, world.sent]).toEqual([undefined, []]);
  });

  it('that the receiver refuses is told again after growing pauses, each time with a fresh signature', async () => {
    world.onPost = async () => 503;
    const { id } = await issue();
    await keys.rotate(id, 'operator');
    await settled();
    const sentAt = [START_MS];
    for (const pauseMs of [5000, 10_000, 20_000, 40_000]) {
      world.clock.advance(pauseMs - 1);
      await settled();
      expect(world.sent).toHaveLength(sentAt.length);
      world.clock.advance(1);
      await settled();
      sentAt.push(world.clock.now());
      expect(world.sent).toHaveLength(sentAt.length);
    }
    expect(world.sent.map(({ headers }) => headers['X-Cave-Webhook-Timestamp'])).toEqual(
      sentAt.map((at) => String(at / 1000)),
    );
    expect(new Set(world.sent.map(({ body }) => body)).size).toBe(1);
    expect(webhook()).toMatchObject({ waiting: 1, lastProblem: 'the receiver answered with status 503' });
    world.onPost = async () => 200;
    world.clock.advance(80_000);
    await settled();
    expect(webhook()).toEqual({ url: URL, hasSecret: true, waiting: 0, failed: 0 });
    expect(world.clock.waiting).toBe(0);
  });

  it('that nobody takes for a day is given up and said', async () => {
    world.onPost = async () => {
      throw new Error('connect ECONNREFUSED');
    };
    const { id } = await issue();
    await keys.rotate(id, 'operator');
    for (let hour = 0; hour < 30; hour += 0.25) {
      await settled();
      world.clock.advance(DAY_MS / 96);
    }
    await settled();
    expect(webhook()).toEqual({
      url: URL,
      hasSecret: true,
      waiting: 0,
      failed: 1,
      lastProblem: 'connect ECONNREFUSED',
    });
    expect(world.clock.waiting).toBe(0);
    expect(world.sent.length).toBeLessThan(40);
  });

  it('that a crash kept from being told is told after the next start', async () => {
    let answer = (_status: number): void => undefined;
    world.onPost = () => new Promise((resolve) => (answer = resolve));
    const { id } = await issue();
    const { id: next } = await keys.rotate(id, 'operator');
    await settled();
    expect(world.sent).toHaveLength(1);
    // The process is gone here: nothing is disposed, and the answer never comes.
    world.onPost = async () => 200;
    const after = await world.open();
    expect(after.picture().webhook.waiting).toBe(1);
    after.begin();
    await settled();
    expect(world.sent.map(({ body }) => JSON.parse(body).key_id)).toEqual([next, next]);
    expect(after.picture().webhook.waiting).toBe(0);
    answer(200);
  });

  it('that was told by a process which crashed before it could note that is told once more, under the same name', async () => {
    const { id } = await issue();
    let writes = 0;
    world.onWrite = () => {
      writes += 1;
      // The two writes of the rotation come through, and the note that it was told does not.
      if (writes > 2) throw new Error('the process is gone');
    };
    const { id: next } = await keys.rotate(id, 'operator');
    await settled();
    world.onWrite = () => undefined;
    const after = await world.open();
    after.begin();
    await settled();
    expect(world.sent.map(({ body }) => JSON.parse(body).key_id)).toEqual([next, next]);
  });
});

describe('the end of the service', () => {
  it('cuts off a request that does not end, after a moment, and keeps what it was to tell', async () => {
    let isCut = false;
    world.onPost = (_request, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          isCut = true;
          reject(new Error('aborted'));
        }),
      );
    const { id } = await issue();
    const { id: next } = await keys.rotate(id, 'operator');
    await settled();
    const disposed = keys[Symbol.asyncDispose]();
    world.clock.advance(2999);
    await settled();
    expect(isCut).toBe(false);
    world.clock.advance(1);
    await disposed;
    expect([isCut, world.clock.waiting, world.disk.get(next)?.notice]).toEqual([
      true,
      0,
      { attempts: 0, dueAt: START_MS },
    ]);
  });

  it('sends nothing any more', async () => {
    world.onPost = async () => 500;
    const { id } = await issue();
    await keys.rotate(id, 'operator');
    await settled();
    await keys[Symbol.asyncDispose]();
    world.clock.advance(DAY_MS);
    await settled();
    expect(world.sent).toHaveLength(1);
  });
});

describe('the address of the webhook', () => {
  it.each(['https://ops.example.com/x?y=1', 'http://127.0.0.1:8080/', 'http://localhost/x', 'http://[::1]:9/'])(
    'may be %s',
    (url) => {
      expect(() => checkWebhookUrl(url)).not.toThrow();
    },
  );

  it.each([
    'http://ops.example.com',
    'http://127.0.0.1.example.com',
    'ftp://x',
    'file:///etc/passwd',
    'ops',
    'https://a:b@c',
  ])('may not be %s', (url) => {
    expect(() => checkWebhookUrl(url)).toThrow('Cannot set the webhook');
  });

  it('that is taken away takes what was still to be told with it', async () => {
    world.onPost = async () => 500;
    const { id } = await issue();
    await keys.rotate(id, 'operator');
    await settled();
    expect(await keys.configureWebhook(null, undefined)).toMatchObject({ url: null, waiting: 0 });
    await settled();
    world.clock.advance(DAY_MS);
    await settled();
    expect(world.sent).toHaveLength(1);
  });
});
