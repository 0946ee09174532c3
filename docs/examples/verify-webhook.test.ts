import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyWorld } from '../../main/kernel/keys/keys.fixture.ts';
import { Secret } from '../../main/base/secret.ts';
import { signedHeaders } from '../../main/kernel/keys/webhook-signature.ts';
import { fetchSender } from '../../main/platform/webhook/fetch-sender.ts';
import { type Delivery, webhookVerifier } from './verify-webhook.ts';

const SECRET = 'a-secret-of-some-length';
const NOW_MS = 1_800_000_000_000;
const BODY = '{"event":"key.rotated"}';

function delivery(body = BODY, atMs = NOW_MS, secret = SECRET): Delivery {
  const headers = signedHeaders(new Secret(secret), body, atMs);
  return {
    body,
    timestamp: headers['X-Cave-Webhook-Timestamp'],
    signature: headers['X-Cave-Webhook-Signature'],
  };
}

describe('what comes to a webhook', () => {
  let verify: (delivery: Delivery) => string;
  let nowMs = NOW_MS;
  beforeEach(() => {
    nowMs = NOW_MS;
    verify = webhookVerifier(SECRET, () => nowMs / 1000);
  });

  it('is taken once, and refused as a replay ever after', () => {
    const once = delivery();
    const rewritten = { ...once, signature: ` ${once.signature?.replaceAll('+', '-').replaceAll('/', '_')}\n` };
    expect([verify(once), verify(once), verify(rewritten)]).toEqual(['genuine', 'replayed', 'replayed']);
    nowMs += 5 * 60_000;
    expect(verify(once)).toBe('replayed');
    nowMs += 1000;
    expect(verify(once)).toBe('stale');
  });

  it.each([
    ['another secret', delivery(BODY, NOW_MS, 'a-secret-of-others-----')],
    ['another body', { ...delivery(), body: BODY.replace('rotated', 'revoked') }],
    ['another time', { ...delivery(), timestamp: String(NOW_MS / 1000 + 1) }],
    ['no signature', { ...delivery(), signature: undefined }],
    ['half a signature', { ...delivery(), signature: delivery().signature?.slice(0, 20) }],
    ['a signature in hexadecimal', { ...delivery(), signature: 'ab'.repeat(32) }],
    ['no time', { ...delivery(), timestamp: undefined }],
  ])('with %s is a forgery', (_what, forged) => {
    expect(verify(forged)).toBe('forged');
  });

  it('whose dot was moved from the body to the time is refused, though the signature is over the same text', () => {
    expect(verify({ ...delivery('.x'), timestamp: `${NOW_MS / 1000}.`, body: 'x' })).toBe('stale');
  });

  it.each([-301_000, 301_000])('that is %i ms off is stale, though its signature is good', (offMs) => {
    expect(verify(delivery(BODY, NOW_MS + offMs))).toBe('stale');
  });
});

describe('the receiver of the example', () => {
  const received: Delivery[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const [timestamp, signature] = ['timestamp', 'signature'].map(
        (name) => request.headers[`x-cave-webhook-${name}`],
      );
      received.push({ body, timestamp: String(timestamp), signature: String(signature) });
      response.writeHead(204).end();
    });
  });
  beforeEach(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('takes what the kernel tells it over HTTP, and knows a replay of it', async () => {
    const world = new KeyWorld();
    // A listening server that is no pipe has an address of this form.
    const { port } = server.address() as AddressInfo;
    world.configure(`http://127.0.0.1:${port}/hook`, SECRET);
    world.onPost = (request, signal) => fetchSender.post(request, signal);
    const keys = await world.open();
    const { id } = await keys.issue({ scope: 'admin' }, 'operator');
    const { id: next } = await keys.rotate(id, 'operator');
    const abort = new AbortController();
    for await (const { webhook } of keys.watch(abort.signal)) if (webhook.waiting === 0) break;
    abort.abort();
    await keys[Symbol.asyncDispose]();
    const [only] = received;
    const verify = webhookVerifier(SECRET, () => world.clock.now() / 1000);
    expect(received).toHaveLength(1);
    expect(JSON.parse(only?.body ?? '')).toMatchObject({ event: 'key.rotated', key_id: next, previous_key_id: id });
    expect(only && [verify(only), verify(only)]).toEqual(['genuine', 'replayed']);
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}
