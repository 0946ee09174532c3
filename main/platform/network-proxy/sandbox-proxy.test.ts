import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import { systemClock } from '../../base/clock.ts';
import { Disposers } from '../../base/disposers.ts';
import { PolicyGate } from '../../kernel/network/policy-gate.ts';
import { PROXY_LIMITS, type ProxyLimits } from './proxy-parts.ts';
import { createSandboxNetwork } from './sandbox-proxy.ts';

const sandbox = 'box' as SandboxId; // Test data.
const session = 'work' as SessionId; // Test data.

/** All of a connection's bytes, once the other side has ended it. */
async function all(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer); // No encoding is set.
  return Buffer.concat(chunks).toString('latin1');
}

describe('the proxy of a sandbox', () => {
  let disposers: Disposers;
  let folder = '';
  let records: AuditEntry[] = [];
  let seen: { readonly url: string | undefined; readonly headers: readonly string[]; readonly body: string }[] = [];
  let port = 0;
  let names: Record<string, readonly string[] | (() => readonly string[])> = {};

  beforeEach(async () => {
    disposers = new Disposers();
    folder = await mkdtemp(join(tmpdir(), 'cavern-proxy-'));
    [records, seen] = [[], []];
    names = { 'origin.test': ['127.0.0.1'] };
    const origin = createHttp((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ url: request.url, headers: request.rawHeaders, body });
        if (request.url === '/redirect') response.writeHead(302, { Location: 'http://169.254.169.254/latest/' }).end();
        else response.writeHead(200, { 'X-Odd': 'A, b' }).end('from the origin');
      });
    });
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    disposers.defer(() => origin.close());
    port = (origin.address() as AddressInfo).port; // It listens on a port.
  });
  afterEach(async () => {
    await disposers[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function offer(
    change: {
      readonly hosts?: readonly string[];
      readonly limits?: Partial<ProxyLimits>;
      readonly container?: string;
    } = {},
  ) {
    const gate = new PolicyGate({
      groups: () => ({ test: change.hosts ?? [`origin.test:${port}`, `127.0.0.1:${port}`] }),
      decide: () => ({ decision: 'allow', via: 'rules', rule: 'net', reasons: [], flagged: false, warnings: [] }),
      userOf: () => ({ session, containerId: 'c', profile: 'agent', mode: '', state: '', workspaceRoots: [] }),
      record: (entry) => void records.push(entry),
      clock: systemClock,
    });
    const network = createSandboxNetwork({
      gate,
      expectedUid: process.getuid?.() ?? 0,
      limits: { ...PROXY_LIMITS, ...change.limits },
      lookup: async (name) => {
        const found = names[name] ?? [];
        return typeof found === 'function' ? found() : found;
      },
      placeOf: async () => ({ containerId: change.container ?? 'c', isFirst: false }),
    });
    const socketName = 'proxy.sock';
    disposers.add(await network.offer({ sandbox, folder, socketName, expectContainer: () => 'c' }));
    disposers.add(gate);
    return join(folder, socketName);
  }

  async function ask(path: string, request: string): Promise<string> {
    const socket = connect(path);
    socket.write(request);
    return all(socket);
  }

  const reasons = (): readonly (string | undefined)[] => records.map(({ reason }) => reason);

  it('passes a plain request on as it was written, without what is between the two of them', async () => {
    const path = await offer();
    const headers = `Host: origin.test:${port}\r\nX-Mixed-Case: one\r\nx-mixed-case: two\r\nProxy-Authorization: secret\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 4\r\n`;
    const answer = await ask(path, `POST http://origin.test:${port}/a/../b?c=%41 HTTP/1.1\r\n${headers}\r\nbody`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\nX-Odd: A, b\r\n[^]*\r\n\r\n(f\r\n)?from the origin/);
    expect(seen).toEqual([
      {
        url: '/a/../b?c=%41',
        headers: [
          'Host',
          `origin.test:${port}`,
          'X-Mixed-Case',
          'one',
          'x-mixed-case',
          'two',
          'Content-Length',
          '4',
          'Connection',
          'close',
        ],
        body: 'body',
      },
    ]);
    await expect.poll(() => records.length).toBe(2);
    expect(records).toMatchObject([
      {
        decision: 'allow',
        session,
        sandbox,
        data: { method: 'POST', host: 'origin.test', port, address: '127.0.0.1' },
      },
      {
        data: { status: 200, sentBytes: expect.any(Number), receivedBytes: expect.any(Number) },
        durationMs: expect.any(Number),
      },
    ]);
  });

  it('tunnels TLS to a local server without looking into it, byte for byte', async () => {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        '/CN=origin.test',
        '-keyout',
        join(folder, 'key'),
        '-out',
        join(folder, 'cert'),
      ],
      { stdio: 'ignore' },
    );
    const [key, cert] = await Promise.all([readFile(join(folder, 'key')), readFile(join(folder, 'cert'))]);
    const bytes = Buffer.alloc(3_000_000, 'x\0\xff', 'latin1');
    const origin = createHttps({ key, cert }, (_request, response) => response.end(bytes));
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    disposers.defer(() => origin.close());
    const secure = (origin.address() as AddressInfo).port; // It listens on a port.
    const path = await offer({ hosts: [`origin.test:${secure}`, `127.0.0.1:${secure}`] });
    const socket = connect(path);
    socket.write(`CONNECT origin.test:${secure} HTTP/1.1\r\nHost: origin.test:${secure}\r\n\r\n`);
    const [head] = await new Promise<[Buffer]>((resolve) => socket.once('data', (chunk: Buffer) => resolve([chunk])));
    expect(head.toString()).toBe('HTTP/1.1 200 Connection Established\r\n\r\n');
    const tls = connectTls({ socket, ca: cert, servername: 'origin.test' });
    tls.write('GET / HTTP/1.0\r\n\r\n');
    const answer = await all(tls);
    expect(answer.slice(answer.indexOf('\r\n\r\n') + 4) === bytes.toString('latin1')).toBe(true);
    await expect.poll(() => records.length).toBe(2);
    expect(records[1]?.data?.['receivedBytes']).toBeGreaterThan(3_000_000);
  });

  it('does not follow a redirect to a metadata address, and refuses whoever does', async () => {
    const path = await offer({ hosts: [`origin.test:${port}`, `127.0.0.1:${port}`, '*.internal'] });
    const redirected = await ask(
      path,
      `GET http://origin.test:${port}/redirect HTTP/1.1\r\nHost: origin.test:${port}\r\n\r\n`,
    );
    expect(redirected).toMatch(/^HTTP\/1\.1 302 /);
    for (const host of ['169.254.169.254', '0xa9fea9fe', '2852039166', 'metadata.google.internal']) {
      names['metadata.google.internal'] = ['169.254.169.254'];
      expect(await ask(path, `GET http://${host}/latest/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 403 /,
      );
    }
    expect(seen).toHaveLength(1);
  });

  it('connects to the address that it judged, however often the name changes its mind', async () => {
    let asked = 0;
    names['origin.test'] = () => (asked++ === 0 ? ['127.0.0.1'] : ['127.0.0.2']);
    const path = await offer();
    await ask(path, `GET http://origin.test:${port}/ HTTP/1.1\r\nHost: origin.test:${port}\r\n\r\n`);
    expect([asked, records[0]?.data?.['address']]).toEqual([1, '127.0.0.1']);
    // The second answer is judged again.
    const second = await ask(path, `GET http://origin.test:${port}/ HTTP/1.1\r\nHost: origin.test:${port}\r\n\r\n`);
    expect(second).toMatch(/^HTTP\/1\.1 403 [^]*127\.0\.0\.2 is not an address of the public internet/);
  });

  it('refuses all of a name that has one private address among public ones', async () => {
    names['mixed.test'] = ['8.8.8.8', '10.0.0.1'];
    const path = await offer({ hosts: ['mixed.test'] });
    expect(await ask(path, 'CONNECT mixed.test:443 HTTP/1.1\r\nHost: mixed.test:443\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 403 /,
    );
    expect(reasons()).toEqual(['10.0.0.1 is not an address of the public internet']);
  });

  it.each([
    ['a host that is not listed', () => 'GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n', 403],
    [
      'a tunnel to a port that is not listed',
      () => 'CONNECT origin.test:22 HTTP/1.1\r\nHost: origin.test:22\r\n\r\n',
      403,
    ],
    [
      'a Host that differs from the target',
      () => `GET http://origin.test:${port}/ HTTP/1.1\r\nHost: evil.test\r\n\r\n`,
      400,
    ],
    [
      'a Host that differs from the tunnel',
      () => `CONNECT origin.test:${port} HTTP/1.1\r\nHost: evil.test\r\n\r\n`,
      400,
    ],
    [
      'two Hosts',
      () => `GET http://origin.test:${port}/ HTTP/1.1\r\nHost: origin.test:${port}\r\nHost: evil.test\r\n\r\n`,
      400,
    ],
    ['a request that is not for a proxy', () => 'GET /etc/passwd HTTP/1.1\r\nHost: origin.test\r\n\r\n', 400],
    ['https without a tunnel', () => 'GET https://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n', 400],
    ['what is no HTTP', () => '\u0005\u0001\u0000\r\n\r\n', 400],
    [
      'two lengths',
      () =>
        `POST http://origin.test:${port}/ HTTP/1.1\r\nHost: origin.test:${port}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET`,
      400,
    ],
    [
      'a length twice',
      () =>
        `POST http://origin.test:${port}/ HTTP/1.1\r\nHost: origin.test:${port}\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nsmugg`,
      400,
    ],
    [
      'an encoding that only some understand',
      () =>
        `POST http://origin.test:${port}/ HTTP/1.1\r\nHost: origin.test:${port}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [
      'a header that hides the length',
      () =>
        `POST http://origin.test:${port}/ HTTP/1.1\r\nHost: origin.test:${port}\r\nConnection: content-length\r\nContent-Length: 3\r\n\r\nabc`,
      400,
    ],
    [
      'a folded header',
      () =>
        `GET http://origin.test:${port}/ HTTP/1.1\r\nHost: origin.test:${port}\r\nX: a\r\n b\r\nTransfer-Encoding : chunked\r\n\r\n`,
      400,
    ],
  ])('refuses %s, and records it', async (_what, request, status) => {
    const path = await offer();
    expect(await ask(path, request())).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(seen).toEqual([]);
    expect(records[0]).toMatchObject({
      type: 'network_request',
      decision: 'deny',
      sandbox,
      reason: expect.stringMatching(/./),
    });
  });

  it('does not serve who lives in another container', async () => {
    const path = await offer({ container: 'another' });
    expect(
      await ask(path, `GET http://origin.test:${port}/ HTTP/1.1\r\nHost: origin.test:${port}\r\n\r\n`).catch(() => ''),
    ).toBe('');
    expect(reasons()).toEqual(['a stranger at the proxy: it does not live in the container of this sandbox']);
  });

  it('ends a connection that moves more than it may, or nothing for too long, and says so', async () => {
    const silent = `CONNECT origin.test:${port} HTTP/1.1\r\nHost: origin.test:${port}\r\n\r\n`;
    const path = await offer({ limits: { idleTimeoutMs: 50, connectionBytes: 1_000 } });
    expect(await ask(path, silent).catch(() => 'cut')).toMatch(/cut|Established/);
    await expect.poll(() => records.at(-1)?.reason).toBe('nothing went through for too long');
    const socket = connect(path);
    socket.on('error', () => undefined);
    socket.write(silent);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n${'x'.repeat(9_000)}`);
    await expect.poll(() => records.at(-1)?.reason).toBe('it moved too many bytes');
  });

  it('takes no more connections at a time than it may', async () => {
    const path = await offer({ limits: { connections: 2 } });
    const held = [connect(path), connect(path)];
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    expect(await ask(path, 'GET http://origin.test/ HTTP/1.1\r\n\r\n').catch(() => '')).toBe('');
    expect(reasons()).toEqual(['more than 2 connections at a time']);
    for (const socket of held) socket.destroy();
  });
});
