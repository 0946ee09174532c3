import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PluginInspection } from '../../schema/contract/plugin.ts';
import type { SessionId } from '../../schema/entities.ts';
import { Fault } from '../../schema/fault.ts';
import { BatteryKernel } from '../platform/container-engine/testing/escape/battery-kernel.ts';
import { openEngine, type TestEngine } from '../platform/container-engine/testing/engines.ts';
import { checkoutKit } from '../platform/plugin-files/author-kit.ts';
import { authorTools } from '../platform/plugin-files/author-tools.ts';

const repository = resolve(import.meta.dirname, '../..');
const LIMIT_MS = 120_000;
const COUNT = `
import { tool } from '@cavern/plugin-sdk/tool';
import Type from 'typebox';
export const count = tool({
  description: 'Fetches a page',
  input: Type.Object({ url: Type.String() }, { additionalProperties: false }),
  output: Type.Object({ status: Type.Integer(), text: Type.String() }),
  outputMode: 'value',
  effects: ['network'],
  timeoutMs: 30_000,
  async run({ url }, context) {
    const response = await context.fetch(url);
    return { status: response.status, text: (await response.text()).slice(0, 100) };
  },
});
`;

let opened: TestEngine;
let kernel: BatteryKernel;
let server: Server;
let folder = '';
const ending = new AbortController();
let held: AsyncIterator<{ development: string }>;

/** Held open for as long as the test goes on. */
async function develop(): Promise<void> {
  const tools = authorTools(checkoutKit(repository));
  const sources = join(folder, 'pages');
  await tools.create({ folder: sources, id: 'pages', publisher: 'Acme tools', template: 'node' });
  await writeFile(join(sources, 'src/count.ts'), COUNT);
  const manifest = join(sources, 'src/plugin.ts');
  const asking = "profile: 'agent',\n  capabilities: [{ name: 'network.connect', hosts: ['hosts'] }]";
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(/capabilities: .*(?=,\n)/, asking));
  const { file: source } = await tools.pack(sources, folder);
  const { plugin } = kernel.client;
  held = plugin.develop({ folder: sources }, { signal: ending.signal })[Symbol.asyncIterator]();
  const { value } = await held.next();
  const { development }: { development: string } = Object(value);
  const refused = await plugin.reload({ development, source }).catch((thrown: unknown) => thrown);
  const { inspection }: { inspection: PluginInspection } = Object(refused instanceof Fault ? refused.data : {});
  const { digest, capabilities } = inspection;
  await plugin.reload({ development, source, consent: { digest, capabilities } });
}

async function call(session: SessionId, url: string): Promise<unknown> {
  try {
    for await (const event of kernel.client.tool.call({ session, name: 'pages.count', input: { url } })) {
      if (event.type === 'result') return event.result;
    }
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const { code }: { code?: string } = Object(thrown.data);
    return code ?? thrown.code;
  }
}

beforeAll(async () => {
  opened = await openEngine('docker');
  folder = await mkdtemp(join(tmpdir(), 'cavern-fetch-'));
  server = createServer((_request, response) => response.end('a page'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // It listens on a port.
  const hosts = [`pages.test:${port}`, `127.0.0.1:${port}`];
  kernel = await BatteryKernel.open({ engineSocket: opened.socket, hosts, lookup: async () => ['127.0.0.1'] });
  const { text } = await kernel.client.policy.show({});
  await writeFile(
    join(kernel.folder, 'home/policy.yaml'),
    text.replace('\nnetwork:', '\n  - { name: pages, match: { syscall: pages.count }, action: allow }\nnetwork:'),
  );
  await develop();
}, LIMIT_MS);
afterAll(async () => {
  ending.abort();
  await held.next().catch(() => undefined);
  await kernel[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
  await opened[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}, LIMIT_MS);

it(
  'a plugin fetches through the sandbox’s proxy what the policy lets it, and nothing where there is no network',
  async () => {
    const { port } = server.address() as AddressInfo; // It listens on a port.
    const withNetwork = await kernel.start('agent');
    // The policy that allows the tool is followed, not waited for.
    await expect
      .poll(() => call(withNetwork, `http://pages.test:${port}/`), { timeout: LIMIT_MS })
      .toEqual({ status: 200, text: 'a page' });
    expect(await call(withNetwork, `http://elsewhere.test:${port}/`)).toBe('fetch_failed');
    const without = await kernel.start('workspace');
    expect(await call(without, `http://pages.test:${port}/`)).toBe('no_network');
    const requests = async () => {
      const { records } = await kernel.client.audit.log({ filters: { types: ['network_request'] }, limit: 100 });
      return records.length;
    };
    await expect.poll(requests, { timeout: LIMIT_MS }).toBeGreaterThan(0);
    const { records } = await kernel.client.audit.log({ filters: { types: ['network_request'] }, limit: 100 });
    expect(records.every(({ data }) => data?.['plugin'] === 'pages')).toBe(true);
  },
  LIMIT_MS,
);
