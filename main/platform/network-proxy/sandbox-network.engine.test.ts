import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type Server, createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { Sandboxes } from '../../kernel/sandboxes/sandboxes.ts';
import { openEngine, presentEngines, type TestEngine } from '../container-engine/testing/engines.ts';
import { PROXY_LIMITS } from './proxy-parts.ts';
import { SandboxMachine, shell } from '../container-engine/testing/sandbox-machine.ts';

const session = 'net' as SessionId; // Test data.
const LARGE_BYTES = 4_000_000;
/** A refused tunnel is a failure to a program, a refused request an answer. */
const REFUSED = /^(403 |failed)/;

/** A server with a certificate that nobody else trusts. */
async function secureOrigin(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-origin-'));
  const [key, cert] = ['key', 'cert'].map((name) => join(folder, name)) as [string, string]; // Of two names.
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', ...kind, '-subj', '/CN=origin.test', '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  const server = createSecureServer({ key: await readFile(key), cert: await readFile(cert) }, (request, response) =>
    response.end(request.url === '/large' ? Buffer.alloc(LARGE_BYTES) : `secret of ${request.url}`),
  );
  await rm(folder, { recursive: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.each(presentEngines())('a sandbox with a network, on %s', (name) => {
  let opened: TestEngine;
  let machine: SandboxMachine;
  let sandboxes: Sandboxes;
  let port = 0;
  let securePort = 0;
  let secure: Server;
  let isChanged = false;
  const origin = createServer((request, response) => {
    if (request.url === '/redirect') response.writeHead(302, { Location: 'http://169.254.169.254/latest/' }).end();
    else if (request.url === '/large') response.end(Buffer.alloc(LARGE_BYTES));
    else response.end(`${request.method} ${request.url}`);
  });
  const records: AuditEntry[] = [];

  beforeAll(async () => {
    opened = await openEngine(name);
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    port = (origin.address() as AddressInfo).port; // It listens on a port.
    secure = await secureOrigin();
    securePort = (secure.address() as AddressInfo).port; // It listens on a port.
    machine = await SandboxMachine.open({
      connect: async () => opened.engine,
      network: {
        hosts: [
          ...[port, securePort].flatMap((each) => [`origin.test:${each}`, `*.below.test:${each}`, `127.0.0.1:${each}`]),
          `changing.test:${port}`,
        ],
        // Where it leads the second time is not listed.
        lookup: async (name) => (name === 'changing.test' && isChanged ? ['10.0.0.1'] : ['127.0.0.1']),
        limits: { ...PROXY_LIMITS, connectionBytes: LARGE_BYTES / 2, connections: 8 },
        record: (entry) => void records.push(entry),
      },
    });
    sandboxes = machine.sandboxes();
    const workspace = join(machine.folder, 'workspace');
    await mkdir(workspace);
    await sandboxes.start({ session, workspace, profile: 'integration-test', signal: AbortSignal.timeout(60_000) });
  });
  afterAll(async () => {
    await sandboxes[Symbol.asyncDispose]();
    await machine[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
    origin.close();
    secure.close();
  });
  /** What a program inside is told that knows of the proxy only what its environment says. */
  const fetched = async (address: string): Promise<string> => {
    const script = `NODE_TLS_REJECT_UNAUTHORIZED=0 node -e 'fetch("${address}").then(async (r) => console.log(r.status, (await r.text()).slice(0, 80)), (e) => console.log("failed"))' 2>/dev/null`;
    return (await shell(sandboxes, session, script)).stdout;
  };
  const lastReason = () => records.findLast(({ reason }) => reason !== undefined)?.reason;

  it('reaches an allowed host through its environment alone, and every request is recorded', async () => {
    const fetching = `node -e 'fetch("http://origin.test:${port}/a").then((r) => r.text()).then(console.log)' 2>&1`;
    expect((await shell(sandboxes, session, fetching)).stdout).toBe('GET /a\n');
    await expect.poll(() => records.map(({ decision }) => decision)).toEqual(['allow', undefined]);
    expect(records[0]).toMatchObject({ type: 'network_request', session, data: { host: 'origin.test', port } });
  });

  it('reaches nothing past the proxy: it has no other interface', async () => {
    const direct = `node -e 'require("net").connect(${port}, "127.0.0.1").on("error", (e) => console.log(e.code)).on("connect", () => console.log("connected"))'; ls /sys/class/net`;
    expect((await shell(sandboxes, session, direct)).stdout).toBe('ECONNREFUSED\nlo\n');
  });

  it('speaks TLS with a server through the proxy, which does not look into it, also by a wildcard', async () => {
    expect(await fetched(`https://origin.test:${securePort}/s`)).toBe('200 secret of /s\n');
    expect(await fetched(`https://any.below.test:${securePort}/w`)).toBe('200 secret of /w\n');
    expect(await fetched(`https://below.test:${securePort}/w`)).toBe('failed\n');
    expect(JSON.stringify(records)).not.toContain('secret of');
    const through = records.findLast(({ data }) => data?.['host'] === 'any.below.test');
    expect(through?.data).toMatchObject({ method: 'CONNECT', receivedBytes: expect.any(Number) });
  });

  it('does not reach what a redirect or a name that changed leads to', async () => {
    expect(await fetched(`http://origin.test:${port}/redirect`)).toMatch(REFUSED);
    expect(lastReason()).toBe('no group of the policy lists 169.254.169.254:80');
    expect(await fetched(`http://changing.test:${port}/a`)).toBe('200 GET /a\n');
    isChanged = true;
    expect(await fetched(`http://changing.test:${port}/a`)).toMatch(REFUSED);
    expect(lastReason()).toMatch(/10\.0\.0\.1 is not an address of the public internet/);
  });

  it('moves no more bytes on a connection, and opens no more of them, than it may', async () => {
    await fetched(`https://origin.test:${securePort}/large`);
    await expect.poll(lastReason).toBe('it moved too many bytes');
    const many = `node -e 'for (let i = 0; i < 40; i++) require("net").connect(3128, "127.0.0.1").on("error", () => {}); setTimeout(() => process.exit(), 1000)'`;
    await shell(sandboxes, session, many);
    await expect.poll(lastReason).toBe('more than 8 connections at a time');
  });

  it('goes on with its network when the kernel is started again', async () => {
    await sandboxes[Symbol.asyncDispose]();
    sandboxes = machine.sandboxes();
    expect([...(await sandboxes.recover([session]))]).toEqual([session]);
    const fetching = `node -e 'fetch("http://origin.test:${port}/b").then((r) => r.text()).then(console.log)' 2>&1`;
    expect((await shell(sandboxes, session, fetching)).stdout).toBe('GET /b\n');
  });
});
