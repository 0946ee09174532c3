import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Decision } from '../../../schema/policy.ts';
import { ShelfGateway, type ShelfOptions } from './testing/shelf-gateway.ts';
import { DUE, OTHER } from './testing/shelf-keys.ts';

let gateway: ShelfGateway;
const open = async (options?: ShelfOptions): Promise<ShelfGateway> => (gateway = await ShelfGateway.open(options));
afterEach(() => gateway[Symbol.asyncDispose]());

async function answer(response: Response | Promise<Response>): Promise<{ status: number; body: unknown }> {
  const got = await response;
  return { status: got.status, body: await got.json() };
}

const review: Decision = {
  decision: 'require_review',
  via: 'rules',
  rule: 'look',
  reasons: ['look first'],
  flagged: false,
  warnings: [],
};

describe('a call over HTTP', () => {
  it('takes its input from body, path and query, under the names that HTTP has', async () => {
    await open();
    expect(await answer(gateway.post('/api/v1/things', { name: 'lamp', size_bytes: 3 }))).toEqual({
      status: 201,
      body: { name: 'lamp', placed_at: 1 },
    });
    expect(await answer(gateway.fetch('/api/v1/things/lamp?close_up=true&max_lines=12'))).toEqual({
      status: 200,
      body: { name: 'lamp', close_up: true, max_lines: 12 },
    });
  });

  it('answers the last event of a stream, or all of them to who wants events', async () => {
    await open();
    expect(await answer(gateway.post('/api/v1/sum', { up_to: 3 }))).toEqual({ status: 200, body: { so_far: 3 } });
    const events = await gateway.post('/api/v1/sum', { up_to: 2 }, { accept: 'text/event-stream' });
    expect(await events.text()).toBe('data: {"so_far":1}\n\ndata: {"so_far":2}\n\n');
  });

  it('is cancelled when its client goes away', async () => {
    await open();
    const leave = new AbortController();
    const asked = gateway.fetch('/api/v1/wait', { method: 'POST', signal: leave.signal });
    await vi.waitFor(() => expect(gateway.waiting).toHaveLength(1), { timeout: 15_000 });
    leave.abort();
    await expect(asked).rejects.toThrow();
    await vi.waitFor(() => expect(gateway.waiting[0]?.signal.aborted).toBe(true), { timeout: 15_000 });
  });
});

describe('input that is not what a call takes', () => {
  it('is refused with a pointer to the mistake: 422 in a body, 400 in the address', async () => {
    await open();
    expect(await answer(gateway.post('/api/v1/things', { name: 'lamp', size_bytes: 0 }))).toEqual({
      status: 422,
      body: {
        error: 'invalid_input',
        message: 'Cannot call shelf.put: /size_bytes must be >= 1',
        errors: [{ pointer: '/size_bytes', message: 'must be >= 1' }],
      },
    });
    expect(await answer(gateway.fetch('/api/v1/things/lamp?max_lines=many'))).toMatchObject({
      status: 400,
      body: { error: 'invalid_input', errors: [{ pointer: '/max_lines', message: 'must be integer' }] },
    });
    expect(await answer(gateway.fetch('/api/v1/things/lamp?nobody=1'))).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/nobody', message: 'is not a parameter of this call' }] },
    });
  });

  it('includes a member under the name that it has inside', async () => {
    await open();
    expect(await answer(gateway.post('/api/v1/things', { name: 'lamp', sizeBytes: 3 }))).toMatchObject({ status: 422 });
    expect(gateway.put).toEqual([]);
  });

  it('is answered with 404 where it is a name in the path that nothing can have', async () => {
    await open();
    expect(await answer(gateway.fetch('/api/v1/things/UPPER%20CASE'))).toMatchObject({
      status: 404,
      body: { error: 'not_found' },
    });
    expect(await answer(gateway.fetch('/api/v1/things/nothing'))).toMatchObject({ status: 404 });
  });
});

describe('a failure', () => {
  it('has the status of its code', async () => {
    await open();
    await gateway.post('/api/v1/things', { name: 'lamp' });
    expect(await answer(gateway.post('/api/v1/things', { name: 'lamp' }))).toEqual({
      status: 409,
      body: { error: 'name_taken', message: 'Cannot put "lamp": it is there' },
    });
  });

  it('says nothing of what went wrong inside', async () => {
    await open();
    const { status, body } = await answer(gateway.fetch('/api/v1/lose'));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('detail');
  });

  it('is 403 where the policy denies, and names the rule', async () => {
    await open({ decide: () => ({ ...review, decision: 'deny' }) });
    expect(await answer(gateway.post('/api/v1/things', { name: 'lamp' }))).toMatchObject({
      status: 403,
      body: { error: 'denied', decision: { rule: 'look' } },
    });
  });
});

describe('a call that needs a person', () => {
  it('is refused at once, unless the client would wait', async () => {
    await open({ decide: () => review, ask: async () => ({ answer: 'allow', by: 'operator', reason: undefined }) });
    expect(await answer(gateway.post('/api/v1/things', { name: 'lamp' }))).toMatchObject({
      status: 403,
      body: { error: 'needs_review' },
    });
    const waited = gateway.post('/api/v1/things', { name: 'lamp' }, { prefer: 'wait=60' });
    expect(await answer(waited)).toMatchObject({ status: 201 });
  });

  it('is refused when nobody answered in the time that the client gave', async () => {
    const ask = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('withdrawn')), { once: true });
      });
    await open({ decide: () => review, ask });
    const waited = gateway.post('/api/v1/things', { name: 'lamp' }, { prefer: 'respond-async, wait=1' });
    expect(await answer(waited)).toMatchObject({ status: 403, body: { error: 'needs_review' } });
    expect(gateway.put).toEqual([]);
  });
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'k-1' };

  it('gives the first answer again, and nothing happens twice', async () => {
    await open();
    const first = await answer(gateway.post('/api/v1/things', { name: 'lamp' }, key));
    expect(await answer(gateway.post('/api/v1/things', { name: 'lamp' }, key))).toEqual(first);
    expect(gateway.put).toEqual(['lamp']);
  });

  it('of another request, or of a request that is under way, is refused', async () => {
    await open();
    await gateway.post('/api/v1/things', { name: 'lamp' }, key);
    expect(await answer(gateway.post('/api/v1/things', { name: 'vase' }, key))).toMatchObject({
      status: 422,
      body: { error: 'idempotency_key_reused' },
    });
    const first = gateway.post('/api/v1/wait', {}, { 'idempotency-key': 'k-2' });
    await vi.waitFor(() => expect(gateway.waiting).toHaveLength(1), { timeout: 15_000 });
    expect(await answer(gateway.post('/api/v1/wait', {}, { 'idempotency-key': 'k-2' }))).toMatchObject({
      status: 409,
      body: { error: 'request_under_way' },
    });
    gateway.waiting[0]?.go();
    expect((await first).status).toBe(200);
  });

  it('of one key of the gateway means nothing to another', async () => {
    await open();
    await gateway.post('/api/v1/things', { name: 'lamp' }, key);
    const other = gateway.post('/api/v1/things', { name: 'lamp' }, { ...key, authorization: `Bearer ${OTHER}` });
    expect(await answer(other)).toMatchObject({ status: 409, body: { error: 'name_taken' } });
  });
});

describe('a key whose time has come', () => {
  it('is given its new token with the answer', async () => {
    await open();
    const response = await gateway.fetch('/api/v1/things/lamp', { headers: { authorization: `Bearer ${DUE}` } });
    expect(response.headers.get('x-cave-new-token')).toBe('cav_new55555_secret');
    expect((await gateway.fetch('/api/v1/things/lamp')).headers.get('x-cave-new-token')).toBeNull();
  });
});

describe('what needs no key', () => {
  it('tells whether everything works', async () => {
    await open();
    expect(await answer(fetch(`${gateway.url}/healthz`))).toEqual({
      status: 200,
      body: { ok: true, checks: { database: true, audit: true, engine: true } },
    });
  });

  it('tells what does not', async () => {
    await open({ healthy: false });
    expect(await answer(fetch(`${gateway.url}/healthz`))).toMatchObject({
      status: 503,
      body: { ok: false, checks: { engine: false } },
    });
  });

  it('gives counts for Prometheus, by call and without names', async () => {
    await open();
    await gateway.fetch('/api/v1/things/lamp');
    const response = await fetch(`${gateway.url}/metrics`);
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('cavern_sandboxes{state="running"} 2');
    expect(text).toContain('cavern_key_uses_total{kind="admin",result="accepted"} 3');
    expect(text).toContain('cavern_http_request_duration_seconds_count{operation="shelf.look",status="200"} 1');
    expect(text).toContain('cavern_call_duration_seconds_count{call="shelf.look",result="ok"} 1');
    expect(text).toContain('cavern_policy_decisions_total{phase="policy",kind="shelf",action="allow"} 1');
    expect(text).not.toContain('lamp');
  });

  it('describes the calls', async () => {
    await open();
    const { body } = await answer(fetch(`${gateway.url}/openapi.json`));
    expect(body).toMatchObject({ openapi: '3.1.0', servers: [{ url: gateway.url }] });
  });
});

describe('a server that closes', () => {
  it('ends its streams, and gives answers that are nearly there', async () => {
    await open();
    const events = await gateway.fetch('/api/v1/lines');
    const last = gateway.fetch('/api/v1/wait', { method: 'POST' });
    await vi.waitFor(() => expect([gateway.streams, gateway.waiting.length]).toEqual([1, 1]), { timeout: 15_000 });
    const closed = gateway[Symbol.asyncDispose]();
    expect((await last).status).toBe(503);
    await events.text().catch(() => undefined);
    await closed;
    expect(gateway.streams).toBe(0);
    await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow();
  });
});
