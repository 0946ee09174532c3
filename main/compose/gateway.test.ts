import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { get, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { GatewayStatus } from '../../schema/contract/gateway.ts';
import { silentLogger } from '../base/logger.ts';
import { composeKernel, type Kernel } from '../compose.ts';
import { type Identity, testAuthority } from '../hosts/http/testing/certificates.ts';
import { OPERATOR } from '../hosts/socket/kernel-socket.ts';
import { openHome } from '../platform/home/home.ts';

const profiles = resolve(import.meta.dirname, '../../profiles');
const LIMIT = { timeout: 30_000, interval: 50 };

let folder = '';
let kernel: Kernel;
let authority = '';
let program: Identity;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-gateway-'));
  const ours = await testAuthority('ours');
  const own = await ours.issue([{ type: 'ip', value: '127.0.0.1' }]);
  authority = ours.certificate;
  program = await ours.issue([]);
  writeFileSync(at('server.pem'), own.certificate);
  writeFileSync(at('server.key'), own.privateKey, { mode: 0o600 });
  writeFileSync(at('clients.pem'), authority);
  const none = at('none');
  const home = openHome(at('home'));
  writeFileSync(home.settings, JSON.stringify({ engine: 'docker', engineSocket: at('no.sock') }));
  kernel = await composeKernel({
    home,
    files: { root: folder, agent: none, plugins: none, renderer: '', preload: '', profiles },
    version: '0.0.0',
    electron: null,
    logger: silentLogger,
    life: 'command',
  });
}, 60_000);

afterAll(async () => {
  await kernel[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function ask(method: string, input: object): Promise<unknown> {
  const signal = AbortSignal.timeout(60_000);
  return kernel.dispatch.call({ method, input, caller: OPERATOR, signal, review: 'refuse' });
}

async function enabled(): Promise<string> {
  // Dispatch holds the answer against its schema.
  const { url } = (await ask('gateway.enable', { port: 0 })) as GatewayStatus;
  return url ?? '';
}

async function statusOver(url: string, options: RequestOptions): Promise<number | undefined> {
  const asked = get(`${url}/openapi.json`, { ca: authority, agent: false, ...options });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  return answer.statusCode;
}

it('is served where the settings want it: what changes them moves it, and what could not be served is not kept', async () => {
  const former = await enabled();
  const gateway = {
    address: '127.0.0.1',
    certificate: at('server.pem'),
    privateKey: at('server.key'),
    clientAuthorities: at('clients.pem'),
  };
  await ask('app.configure', { change: { gateway } });
  const url = former.replace('http:', 'https:');
  expect(kernel.gateway.status).toMatchObject({ state: 'on', url });
  expect(await statusOver(url, { cert: program.certificate, key: program.privateKey })).toBe(200);
  await expect(statusOver(url, {})).rejects.toThrow();

  const gone = { ...gateway, certificate: at('gone.pem') };
  await expect(ask('app.configure', { change: { gateway: gone } })).rejects.toMatchObject({ code: 'invalid_setting' });
  expect(kernel.gateway.status).toMatchObject({ state: 'on', url });
  const none = { address: '', certificate: '', privateKey: '', clientAuthorities: '' };
  await ask('app.configure', { change: { gateway: none } });
  expect((await fetch(`${former}/openapi.json`)).status).toBe(200);
});

it('tells at /healthz what is wrong with the database and the record, and when it is well again', async () => {
  const url = await enabled();
  // As its schema has it. There is no engine here: what else is wrong is told beside it.
  const health = async () => (await (await fetch(`${url}/healthz`)).json()) as { checks: Record<string, boolean> };
  const checks = async () => (await health()).checks;
  expect(await checks()).toEqual({ database: true, audit: true, engine: false });
  using other = openDatabase(at('home'));
  // A table is gone while the program runs, as where the file was replaced or damaged: it cannot be opened anew either.
  other.exec('ALTER TABLE audit_record RENAME TO taken');
  await expect(ask('key.issue', { scope: 'admin' })).rejects.toMatchObject({ code: 'audit_unavailable' });
  await vi.waitFor(async () => expect(await checks()).toEqual({ database: false, audit: false, engine: false }), LIMIT);
  expect((await fetch(`${url}/healthz`)).status).toBe(503);
  other.exec('ALTER TABLE taken RENAME TO audit_record');
  await vi.waitFor(async () => expect(await checks()).toEqual({ database: true, audit: true, engine: false }), LIMIT);
  await ask('key.issue', { scope: 'admin' });
});

function openDatabase(home: string): Disposable & { exec(sql: string): void } {
  const database = new Database(openHome(home).database);
  return { exec: (sql) => void database.exec(sql), [Symbol.dispose]: () => void database.close() };
}
