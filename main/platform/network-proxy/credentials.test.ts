import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import type { PolicyCall } from '../../../schema/policy.ts';
import { systemClock } from '../../base/clock.ts';
import { Disposers } from '../../base/disposers.ts';
import { Secret } from '../../base/secret.ts';
import type { Credential } from '../../kernel/network/network-gate.ts';
import { PolicyGate } from '../../kernel/network/policy-gate.ts';
import { createSandboxNetwork } from './sandbox-proxy.ts';

const sandbox = 'box' as SandboxId; // Test data.
const session = 'work' as SessionId; // Test data.
const SUBJECT = ['-subj', '/CN=registry.test', '-addext', 'subjectAltName=DNS:registry.test'];
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

describe('a secret that the proxy puts into requests', () => {
  let folder = '';
  let [key, cert] = ['', ''];
  let disposers: Disposers;
  let records: AuditEntry[];
  let asked: PolicyCall[];
  let seen: string[][];
  let authorities: string | undefined;
  let refused: string | undefined;
  /** That the sandbox asks at. */
  let ownPort = 80;
  let isHanded = true;
  let renew: () => void = () => undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cavern-credentials-'));
    const [keyFile, certFile] = [join(folder, 'key'), join(folder, 'cert')];
    const files = ['-keyout', keyFile, '-out', certFile];
    execFileSync('openssl', ['req', '-x509', ...CURVE, ...SUBJECT, ...files], { stdio: 'ignore' });
    [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    disposers = new Disposers();
    [records, asked, seen, authorities, refused, ownPort, isHanded] = [[], [], [], cert, undefined, 80, true];
  });
  afterEach(() => disposers[Symbol.asyncDispose]());

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(request.rawHeaders);
    response.end('from the registry');
  };

  async function listening(server: Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    disposers.defer(() => void server.close());
    return (server.address() as AddressInfo).port; // It listens on a port.
  }

  async function ask(port: number, transport: Credential['transport'], request: string | Buffer): Promise<string> {
    const gate = new PolicyGate({
      groups: () => ({ test: [`registry.test:${port}`, `127.0.0.1:${port}`, '127.0.0.1'] }),
      decide(calls) {
        asked.push(...calls);
        const isRefused = calls.some(({ syscall }) => syscall === refused);
        const reasons = isRefused ? ['not this one'] : [];
        const decision = isRefused ? 'deny' : 'allow';
        return { decision, via: 'rules', rule: 'net', reasons, flagged: false, warnings: [] };
      },
      userOf: () => ({ session, containerId: 'c', profile: 'agent', mode: '', state: '', workspaceRoots: [] }),
      record: (entry) => void records.push(entry),
      credentialOf: (of, host, asking) =>
        isHanded && of === session && host === 'registry.test' && asking === ownPort
          ? { secret: 'npm', header: 'Authorization', value: new Secret('Bearer the-very-value'), transport, port }
          : undefined,
      clock: systemClock,
    });
    disposers.add(gate);
    const network = createSandboxNetwork({
      gate,
      expectedUid: process.getuid?.() ?? 0,
      lookup: async () => ['127.0.0.1'],
      placeOf: async () => ({ containerId: 'c', isFirst: false }),
      ...(authorities === undefined ? {} : { authorities }),
    });
    renew = () => network.renew();
    disposers.add(await network.offer({ sandbox, folder, socketName: 'proxy.sock', expectContainer: () => 'c' }));
    const socket = connect(join(folder, 'proxy.sock'));
    socket.write(request);
    return text(socket);
  }

  const REQUEST =
    'GET http://registry.test/pkg HTTP/1.1\r\nHost: registry.test\r\nauthorization: Bearer from-inside\r\n\r\n';

  it('goes out over TLS where its origin is https, in the place of what the sandbox wrote', async () => {
    const port = await listening(createHttps({ key, cert }, answer));
    expect(await ask(port, 'tls', REQUEST)).toMatch(/^HTTP\/1\.1 200 OK[^]*from the registry/);
    expect(seen).toEqual([['Host', 'registry.test', 'Authorization', 'Bearer the-very-value', 'Connection', 'close']]);
    expect(asked.map(({ syscall, caller }) => [syscall, caller.tags])).toEqual([
      ['network.connect', ['sandbox']],
      ['secret.use', ['sandbox', 'secret:npm']],
    ]);
    await expect.poll(() => records.length).toBe(2);
    expect(records[0]).toMatchObject({ decision: 'allow', data: { host: 'registry.test', port, secret: 'npm' } });
    expect(records[1]?.data?.['receivedBytes']).toBeGreaterThan(100);
    expect(JSON.stringify(records)).not.toContain('the-very-value');
  });

  it('goes to nobody whose certificate is of another name, or of an authority that is not trusted', async () => {
    authorities = undefined;
    const port = await listening(createHttps({ key, cert }, answer));
    const refusal = await ask(port, 'tls', REQUEST);
    expect(refusal).toMatch(/^HTTP\/1\.1 502 [^]*no TLS with registry\.test/);
    expect(seen).toEqual([]);
  });

  it('goes into a plain request where its origin is http', async () => {
    const port = await listening(createHttp(answer));
    expect(await ask(port, 'plain', REQUEST)).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(seen[0]).toContain('Bearer the-very-value');
  });

  it('goes into what is asked plainly through a tunnel, as Node’s fetch does', async () => {
    const port = await listening(createHttps({ key, cert }, answer));
    const tunnel = 'CONNECT registry.test:80 HTTP/1.1\r\nHost: registry.test:80\r\n\r\n';
    const inside = 'GET /pkg HTTP/1.1\r\nHost: registry.test\r\nauthorization: Bearer from-inside\r\n\r\n';
    expect(await ask(port, 'tls', `${tunnel}${inside}`)).toMatch(/^HTTP\/1\.1 200 [^]*from the registry/);
    expect(seen).toEqual([['Host', 'registry.test', 'Authorization', 'Bearer the-very-value', 'Connection', 'close']]);
    expect(records[0]).toMatchObject({ decision: 'allow', data: { method: 'GET', port, secret: 'npm' } });
    const elsewhere = inside.replace('Host: registry.test', 'Host: other.test');
    expect(await ask(port, 'tls', `${tunnel}${elsewhere}`)).toMatch(/HTTP\/1\.1 400 [^]*Host names another target/);
    const whole = inside.replace('/pkg', 'http://other.test/pkg');
    expect(await ask(port, 'tls', `${tunnel}${whole}`)).toMatch(/HTTP\/1\.1 400 /);
    expect(seen).toHaveLength(1);
  });

  it('goes into no TLS of the sandbox’s own, which is passed on as it is', async () => {
    const hello = Buffer.from([0x16, 0x03, 0x01, 0x00, 0x02, 0x01, 0x00]);
    const port = await listening(
      createHttp().on(
        'connection',
        (socket) => void socket.once('data', (bytes) => seen.push([bytes.toString('hex')])),
      ),
    );
    ownPort = port;
    const tunnel = `CONNECT registry.test:${port} HTTP/1.1\r\n\r\n`;
    const asking = ask(port, 'plain', Buffer.concat([Buffer.from(tunnel), hello]));
    await expect.poll(() => seen).toEqual([[hello.toString('hex')]]);
    await disposers[Symbol.asyncDispose]();
    expect(await asking).toMatch(/^HTTP\/1\.1 200 /);
    expect(records[0]).toMatchObject({ decision: 'allow', data: { method: 'CONNECT', port } });
    expect(records[0]?.data).not.toHaveProperty('secret');
  });

  it('ends the tunnels in which was asked plainly before it was handed in, and no TLS', async () => {
    const hello = Buffer.from([0x16, 0x03, 0x01, 0x00, 0x02, 0x01, 0x00]);
    for (const first of ['GET /pkg HTTP/1.1\r\nHost: registry.test\r\n\r\n', hello]) {
      seen = [];
      const server = createHttp(answer).on('clientError', () => seen.push(['not HTTP']));
      const port = await listening(server);
      [ownPort, isHanded, records] = [port, false, []];
      const tunnel = Buffer.from(`CONNECT registry.test:${port} HTTP/1.1\r\n\r\n`);
      const asking = ask(port, 'plain', Buffer.concat([tunnel, Buffer.from(first)]));
      await expect.poll(() => seen).toHaveLength(1);
      isHanded = true;
      renew();
      if (first === hello) server.closeAllConnections();
      await asking;
      const reason = 'a secret goes into what is asked there from now on';
      await expect.poll(() => records.at(-1)?.data).toHaveProperty('sentBytes');
      expect(records.at(-1)?.reason === reason).toBe(first !== hello);
      await disposers[Symbol.asyncDispose]();
      disposers = new Disposers();
    }
  });

  it('is not put into a request that has the origin repeat what it was sent', async () => {
    const port = await listening(createHttp(answer));
    const trace = REQUEST.replace('GET', 'TRACE');
    expect(await ask(port, 'plain', trace)).toMatch(/^HTTP\/1\.1 403 [^]*TRACE would have/);
    expect(seen).toEqual([]);
    await disposers[Symbol.asyncDispose]();
    expect(records[0]).toMatchObject({ decision: 'deny', reason: expect.stringContaining('"npm"') });
  });

  it('is not used where the policy refuses it, although it allows the connection', async () => {
    refused = 'secret.use';
    const port = await listening(createHttp(answer));
    expect(await ask(port, 'plain', REQUEST)).toMatch(/^HTTP\/1\.1 403 [^]*not this one/);
    expect(seen).toEqual([]);
    expect(records).toMatchObject([{ decision: 'deny', reason: 'not this one', data: { secret: 'npm' } }]);
  });
});
