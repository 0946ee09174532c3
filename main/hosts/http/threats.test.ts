import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../base/logger.ts';
import { isTooDeep } from './json-body.ts';
import { rawRequest, statusesOf } from './testing/raw-request.ts';
import { ShelfGateway } from './testing/shelf-gateway.ts';
import { ADMIN } from './testing/shelf-keys.ts';

let gateway: ShelfGateway;
const lines: string[] = [];
beforeEach(async () => {
  lines.length = 0;
  const logger = createLogger({ level: 'debug', write: (line) => lines.push(line), now: () => 0 });
  gateway = await ShelfGateway.open({ logger });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const good = (): string => `Host: 127.0.0.1:${gateway.port}\r\nAuthorization: Bearer ${ADMIN}\r\n`;

/** `fetch` sets Host and Origin by itself. */
function statusWith(path: string, headers: Record<string, string | string[]>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: gateway.port, path, headers: { authorization: `Bearer ${ADMIN}`, ...headers } },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

describe('a caller without a key', () => {
  it.each([
    ['none', undefined],
    ['another scheme', `Basic ${ADMIN}`],
    ['a scheme alone', 'Bearer'],
    ['an empty token', 'Bearer '],
    ['a key that is nobody’s', 'Bearer cav_nobody11_secret'],
    ['two keys in one header', `Bearer ${ADMIN}, Bearer ${ADMIN}`],
  ])('learns nothing: %s', async (_name, authorization) => {
    const headers = authorization === undefined ? undefined : { authorization };
    for (const path of ['/api/v1/things/lamp', '/api/v1/nothing', '/anything']) {
      const response = await fetch(`${gateway.url}${path}`, headers === undefined ? {} : { headers });
      expect([path, response.status]).toEqual([path, 401]);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it('is not believed in the address', async () => {
    const response = await fetch(`${gateway.url}/api/v1/things/lamp?access_token=${ADMIN}&token=${ADMIN}`);
    expect(response.status).toBe(401);
  });

  it('is told to wait when its key asks too often', async () => {
    const response = await gateway.fetch('/api/v1/things/lamp', {
      headers: { authorization: 'Bearer cav_limit333_secret' },
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await response.json()).toEqual({
      error: 'rate_limit_exceeded',
      category: 'admin',
      limit: 10,
      window_seconds: 60,
      retry_after_seconds: 7,
    });
  });
});

describe('DNS rebinding and pages of other sites', () => {
  it.each([
    'attacker.example',
    'attacker.example:80',
    '127.0.0.1',
    '127.0.0.1.attacker.example',
    'localhost.attacker.example',
    '[::1]',
    '0.0.0.0',
  ])('finds no answer under the host "%s"', async (host) => {
    expect(await statusWith('/api/v1/things/lamp', { host })).toBe(403);
    expect(await statusWith('/healthz', { host })).toBe(403);
  });

  it('answers under the names of this machine', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]'])
      expect(await statusWith('/api/v1/things/lamp', { host: `${name}:${gateway.port}` })).toBe(200);
  });

  it('does not take a second Host, or none', async () => {
    const two = await rawRequest(
      gateway.port,
      `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\nHost: attacker.example\r\nConnection: close\r\n\r\n`,
    );
    const none = await rawRequest(gateway.port, 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect([statusesOf(two), statusesOf(none)]).toEqual([[403], [400]]);
  });

  it.each([
    { origin: 'https://attacker.example' },
    { origin: 'null' },
    { origin: 'http://localhost:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuses what a page sends: %o', async (headers) => {
    expect(await statusWith('/api/v1/things/lamp', headers)).toBe(403);
  });

  it('gives no page leave to read an answer', async () => {
    const response = await fetch(`${gateway.url}/api/v1/things/lamp`, { method: 'OPTIONS' });
    expect(response.status).toBe(401);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('takes no body that a page may send without asking', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/json',
    ]) {
      const response = await gateway.post('/api/v1/things', { name: 'lamp' }, { 'content-type': type });
      expect([type, response.status]).toEqual([type, 415]);
    }
    expect(gateway.put).toEqual([]);
  });

  it('lets nothing keep, show or run an answer', async () => {
    const { headers } = await gateway.fetch('/api/v1/things/lamp');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });
});

describe('a body that is meant to harm', () => {
  const send = (body: string) =>
    gateway.fetch('/api/v1/things', { method: 'POST', headers: { 'content-type': 'application/json' }, body });

  it('is refused when it is too large', async () => {
    const response = await send(JSON.stringify({ name: 'x'.repeat(3_000_000) }));
    expect([response.status, await response.json()]).toMatchObject([413, { error: 'body_too_large' }]);
  });

  it('is refused when it is nested too deeply, before it is read', async () => {
    const response = await send(`{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_input' }]);
    expect(isTooDeep(JSON.stringify({ text: '[[['.repeat(100) }))).toBe(false);
    expect(isTooDeep('"\\"[[[', 2)).toBe(false);
    expect(isTooDeep('[[1],[2],[3]]', 2)).toBe(false);
    expect(isTooDeep('[[[1]]]', 2)).toBe(true);
  });

  it.each([
    ['cut off', '{"name":'],
    ['a prototype', '{"__proto__":{"name":"lamp"}}'],
    ['a prototype in disguise', '{"\\u005f_proto__":{"name":"lamp"}}'],
    ['a constructor', '{"name":"lamp","constructor":{"prototype":{"admin":true}}}'],
  ])('is refused when it is %s', async (_name, body) => {
    expect((await send(body)).status).toBe(400);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it.each(['[]', '"lamp"', '7', 'null'])('is refused when it is %s', async (body) => {
    expect((await send(body)).status).toBe(422);
  });
});

describe('headers that are meant to harm', () => {
  it('are refused when they are too long or too many', async () => {
    const long = await rawRequest(
      gateway.port,
      `GET /healthz HTTP/1.1\r\n${good()}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(statusesOf(long)).toEqual([431]);
    const flood = Array.from({ length: 3000 }, (_, n) => `X-${n}: 1\r\n`).join('');
    const many = await rawRequest(gateway.port, `GET /healthz HTTP/1.1\r\n${flood}${good()}Connection: close\r\n\r\n`);
    expect(statusesOf(many)).toEqual([431]);
  });
});

describe('request smuggling', () => {
  const hidden = (): string =>
    `POST /api/v1/things HTTP/1.1\r\n${good()}Content-Type: application/json\r\nContent-Length: 15\r\n\r\n{"name":"lamp"}`;

  it.each([
    ['both lengths', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 40\r\n\r\n'],
    ['a length that is none', 'Content-Length: +4\r\n\r\n'],
    ['an unknown encoding', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['an encoding in disguise', 'Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n'],
    ['two encodings', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n\r\n'],
    ['a length with a list', 'Content-Length: 4, 4\r\n\r\n'],
    ['a folded header', 'X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n'],
    ['a header with a bare CR', 'X-A: b\rTransfer-Encoding: chunked\r\n\r\n'],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    [
      'a chunk size that is none',
      'Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n0x1\r\n{\r\n0\r\n\r\n',
    ],
  ])('comes to nothing: %s', async (_name, rest) => {
    const received = await rawRequest(gateway.port, `POST /api/v1/wait HTTP/1.1\r\n${good()}${rest}`, hidden());
    expect(statusesOf(received)).toEqual([400]);
    expect(gateway.put).toEqual([]);
  });

  it('finds no second request in a body that is refused', async () => {
    const body = hidden();
    const received = await rawRequest(
      gateway.port,
      `POST /api/v1/things HTTP/1.1\r\n${good()}Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n',
    );
    expect(statusesOf(received)).not.toContain(201);
    expect(gateway.put).toEqual([]);
  });
});

describe('tricks in the path', () => {
  it.each([
    '/api/v1/things/../../healthz/../api/v1/things/lamp',
    '//api/v1/things/lamp',
    '/api/v1//things/lamp',
    '/api/v1/things/lamp/',
    '/API/V1/things/lamp',
    '/api/v1/things/lamp%2f..%2fvase',
    '/api/v1/things/..%2f..%2fhealthz',
    '/api/v1/things/%252e%252e%252fhealthz',
    '/api/v1/things/lamp%252f..%252fvase',
    '/api/v1/%2e%2e/v1/things/lamp',
    '/%61pi/v1/../v1/things/lamp',
    '/api/v1/things/lamp%00',
    '/api/v1/things/lamp;admin=true',
    '/api/v1/things/%E0%A4%A',
    `/api/v1/things/${'x'.repeat(5000)}`,
    '/healthz/../api/v1/things/lamp',
    '\\api\\v1\\things\\lamp',
    'http://attacker.example/api/v1/things/lamp',
  ])('lead nowhere: %s', async (path) => {
    const received = await rawRequest(gateway.port, `GET ${path} HTTP/1.1\r\n${good()}Connection: close\r\n\r\n`);
    const [status = 0] = statusesOf(received);
    expect([400, 403, 404]).toContain(status);
  });

  it('open nothing without a key', async () => {
    for (const path of [
      '/healthz/../api/v1/things/lamp',
      '/healthz%2f..%2fapi/v1/things/lamp',
      '/openapi.json/../api/v1/things/lamp',
    ]) {
      const raw = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\nConnection: close\r\n\r\n`;
      expect(statusesOf(await rawRequest(gateway.port, raw))).toEqual([401]);
    }
  });
});

describe('a client that is slow on purpose', () => {
  it('that reads nothing makes nobody keep events for it', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`GET /api/v1/lines HTTP/1.1\r\n${good()}\r\n`);
    socket.pause();
    await vi.waitFor(() => expect(gateway.streams).toBe(1), { timeout: 15_000 });
    socket.destroy();
    await vi.waitFor(() => expect(gateway.streams).toBe(0), { timeout: 15_000 });
  }, 60_000);
});

describe('what is logged', () => {
  it('has no line, and nothing else, that a client wrote', async () => {
    const forged = 'x%0d%0a{"at":"forged"}';
    await gateway.fetch(`/api/v1/things/${forged}`);
    await gateway.fetch('/api/v1/lose', { headers: { 'user-agent': 'forged', 'x-request-id': 'forged' } });
    await statusWith('/healthz', { host: 'forged.example' });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.includes('forged') || line.includes(ADMIN) || line.includes('\n'))).toEqual([]);
  });
});
