import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionId } from '../../schema/entities.ts';
import { openEngine, type TestEngine } from '../platform/container-engine/testing/engines.ts';
import { BatteryKernel } from '../platform/container-engine/testing/escape/battery-kernel.ts';
import {
  archiveOf,
  finished,
  newPublisher,
  type TestPublisher,
} from '../platform/plugin-files/testing/package-draft.ts';
import { issuesPlugin } from './testing/issues-plugin.ts';

const TOKEN = 'a-token-of-no-known-kind';
const LIMIT_MS = 180_000;
const acme = newPublisher('Acme');
const beta = newPublisher('Beta');

let opened: TestEngine;
let kernel: BatteryKernel;
let folder = '';
let session: SessionId;
/** The header of each request that arrived, by the host that it was for. */
const seen: [string, string | undefined][] = [];
const servers: Server[] = [];

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port; // It listens on a port.
}

const answer = ({ headers }: IncomingMessage, response: ServerResponse): void => {
  seen.push([headers.host?.split(':')[0] ?? '', headers.authorization]);
  response.end('an issue');
};

async function certified(): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  const subject = ['-subj', '/CN=safe.test', '-addext', 'subjectAltName=DNS:safe.test'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

/** As the operator would, who agrees to all that it asks for. Gives what is new in it. */
async function install(id: string, by: TestPublisher, version: string): Promise<string[]> {
  const source = join(folder, `${id}-${version}.tgz`);
  await writeFile(source, await archiveOf(finished(issuesPlugin(id, by.name, version), by)));
  const { digest, capabilities, added } = await kernel.client.plugin.inspect({ source });
  await kernel.client.plugin.install({ source, consent: { digest, capabilities } });
  return added;
}

async function call(name: string, input: object): Promise<unknown> {
  for await (const event of kernel.client.tool.call({ session, name, input })) {
    if (event.type !== 'result') continue;
    const { content }: { content: [{ text: string }] } = Object(event.result);
    return JSON.parse(content[0].text);
  }
  return undefined;
}

/** What arrived with a request of this plugin. */
async function arrived(plugin: string, host: string, port: number): Promise<string | undefined> {
  expect(await call(`${plugin}.ask`, { url: `http://${host}:${port}/` })).toMatchObject({ status: 200 });
  const [at, header] = seen.at(-1) ?? [];
  expect(at).toBe(host);
  return header;
}

const handings = async () => (await kernel.client.secret.list({})).handings;
let [plain, secure] = [0, 0];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-plugin-secrets-'));
  opened = await openEngine('docker');
  const { key, cert } = await certified();
  setDefaultCACertificates([...getCACertificates('default'), cert]);
  plain = await listening(createHttp(answer));
  secure = await listening(createHttps({ key, cert }, answer));
  const names = [`issues.test:${plain}`, `elsewhere.test:${plain}`, `safe.test:${secure}`];
  const hosts = [...names, `127.0.0.1:${plain}`, `127.0.0.1:${secure}`];
  kernel = await BatteryKernel.open({ engineSocket: opened.socket, hosts, lookup: async () => ['127.0.0.1'] });
  const policy = join(kernel.folder, 'home/policy.yaml');
  const rules = ['issues', 'other'].flatMap((id) =>
    ['ask', 'look'].map((name) => `  - { name: ${id}-${name}, match: { syscall: ${id}.${name} }, action: allow }\n`),
  );
  const text = await readFile(policy, 'utf8');
  await writeFile(policy, text.replace('\nnetwork:', `\n${rules.join('')}network:`));
  for (const { name, publicKey } of [acme, beta]) await kernel.client.plugin.trust({ name, publicKey });
  await install('issues', acme, '1.0.0');
  await install('other', acme, '1.0.0');
  session = await kernel.start('agent');
  await kernel.client.secret.add({ name: 'tracker', value: TOKEN });
}, LIMIT_MS);
afterAll(async () => {
  await kernel[Symbol.asyncDispose]();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await opened[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}, LIMIT_MS);

describe('a secret that is handed to a plugin', () => {
  it(
    'arrives at its origin with that plugin’s requests, goes to nobody else, and is nowhere in the sandbox',
    async () => {
      const { client } = kernel;
      // The policy that allows the tools is followed, not waited for.
      const allowed = () => call('issues.look', { hex: '00' }).catch(() => undefined);
      await expect.poll(allowed, { timeout: LIMIT_MS }).toBeInstanceOf(Array);
      const bearer = `Bearer ${TOKEN}`;
      const origin = `http://issues.test:${plain}`;
      const ofSession = { kind: 'header', origin, header: 'X-Of-Session' } as const;
      await client.secret.hand({ name: 'tracker', session, as: ofSession });
      expect(await arrived('issues', 'issues.test', plain)).toBeUndefined();
      const as = { kind: 'header', origin } as const;
      expect(await client.secret.hand({ name: 'tracker', plugin: 'issues', as })).toMatchObject({
        holder: { kind: 'signed', publisher: 'Acme', proof: acme.publicKey },
      });
      expect(await arrived('issues', 'issues.test', plain)).toBe(bearer);
      expect(await arrived('issues', 'elsewhere.test', plain)).toBeUndefined();
      expect(await arrived('other', 'issues.test', plain)).toBeUndefined();
      const secured = { kind: 'header', origin: `https://safe.test:${secure}` } as const;
      await client.secret.hand({ name: 'tracker', plugin: 'issues', session, as: secured });
      expect(await arrived('issues', 'safe.test', secure)).toBe(bearer);
      await kernel.run(session, `node -e 'fetch("${origin}/")'`);
      expect(seen.at(-1)).toEqual(['issues.test', undefined]);
      // As it is looked for, it is not there by being looked for.
      const hex = (text: string): string => Buffer.from(text).toString('hex');
      expect(await call('issues.look', { hex: hex('looks for a text in all') })).not.toEqual([]);
      expect(await call('issues.look', { hex: hex(TOKEN) })).toEqual([]);
      const { lines } = await client.plugin.log({ id: 'issues' });
      expect(lines.map(({ text }) => text).join()).toContain('an issue');
      expect(JSON.stringify(lines)).not.toContain(TOKEN);
    },
    LIMIT_MS,
  );

  it(
    'is withheld while the plugin is disabled, stays through an update of its publisher, and is taken back by one of another',
    async () => {
      const { client } = kernel;
      await client.plugin.disable({ id: 'issues' });
      expect((await handings()).filter(({ plugin }) => plugin !== undefined)).toMatchObject([
        { withheld: 'disabled' },
        { withheld: 'disabled' },
      ]);
      await client.plugin.enable({ id: 'issues' });
      expect(await install('issues', acme, '1.1.0')).toEqual([]);
      expect(await arrived('issues', 'issues.test', plain)).toBe(`Bearer ${TOKEN}`);
      expect(await install('issues', beta, '1.2.0')).toContain(
        'The secret "tracker" that you handed to it is taken back.',
      );
      expect((await handings()).map(({ plugin }) => plugin)).toEqual([undefined]);
      expect(await arrived('issues', 'issues.test', plain)).toBeUndefined();
      await install('issues', acme, '1.3.0');
      expect(await arrived('issues', 'issues.test', plain)).toBeUndefined();
    },
    LIMIT_MS,
  );

  it(
    'is not used where a rule about that plugin says so, goes with the plugin, and all of it is recorded by name',
    async () => {
      const { client } = kernel;
      const as = { kind: 'header', origin: `http://issues.test:${plain}` } as const;
      await client.secret.hand({ name: 'tracker', plugin: 'other', as });
      const policy = join(kernel.folder, 'home/policy.yaml');
      const text = await readFile(policy, 'utf8');
      const rule =
        '  - { name: not-other, match: { syscall: secret.use, caller_tag: ["plugin:other"] }, action: deny }\n';
      await writeFile(policy, text.replace('\nnetwork:', `\n${rule}network:`));
      const url = `http://issues.test:${plain}/`;
      await expect.poll(() => call('other.ask', { url }), { timeout: 30_000 }).toMatchObject({ status: 403 });
      expect((await client.plugin.remove({ id: 'other' })).secrets).toEqual(['tracker']);
      expect((await handings()).map(({ plugin }) => plugin)).toEqual([undefined]);
      await expect(client.secret.hand({ name: 'tracker', plugin: 'other', as })).rejects.toMatchObject({
        code: 'plugin_unknown',
      });
      const records = async () => (await client.audit.log({ limit: 1_000 })).records;
      const ends = async () =>
        (await records()).filter(({ type }) => type === 'capability_ended').map(({ reason }) => reason);
      await expect.poll(async () => (await ends()).at(0)).toBe('the plugin was removed');
      expect((await ends()).at(-1)).toMatch(/^the plugin is not signed by "Acme".* but signed by "Beta"/);
      const uses = (await records()).filter(({ type, data }) => type === 'network_request' && data?.['secret']);
      const used = new Set(uses.map(({ decision, data }) => `${decision ?? 'ended'} ${String(data?.['plugin'])}`));
      const wanted = ['allow issues', 'ended issues', 'deny other', 'allow undefined', 'ended undefined'];
      expect([...used]).toEqual(expect.arrayContaining(wanted));
      expect(JSON.stringify(await records())).not.toContain(TOKEN);
    },
    LIMIT_MS,
  );
});
