import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../../schema/client/client.ts';
import { areas } from '../../../schema/contract/areas.ts';
import type { KeyId } from '../../../schema/contract/key.ts';
import {
  openEngine,
  presentEngines,
  stopped,
  type TestEngine,
} from '../../platform/container-engine/testing/engines.ts';
import { connectKernelSocket } from '../socket/kernel-socket.ts';
import { denyAll, ODD_OUTCOMES, outcomeOf, sampleOf } from './testing/every-tool.ts';
import { Inspector } from './testing/inspector.ts';

const CLI = join(import.meta.dirname, '../../../out/cli/index.js');

let opened: TestEngine;
let folder: string;
let server: ChildProcess;
let url: string;

beforeAll(async () => {
  opened = await openEngine(presentEngines()[0] ?? 'docker');
  folder = await realpath(await mkdtemp(join(tmpdir(), 'cavern-mcp-gateway-')));
  const env = { ...process.env, DOCKER_HOST: `unix://${opened.socket}`, CAVERN_HOME: join(folder, 'home') };
  const args = [CLI, 'serve', '--port', '0', '--token-file', join(folder, 'token')];
  server = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: server.stdout ?? process.stdin }), 'line');
  ({ url } = JSON.parse(String(line)) as { url: string }); // what `serve` prints is tested elsewhere
});
afterAll(async () => {
  const channel = await connectKernelSocket(join(folder, 'home', 'run'));
  const operator = createClient(areas, channel);
  for (const { id } of (await operator.session.list({})).sessions) await operator.session.remove({ session: id });
  channel.close();
  await stopped(server);
  await opened[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function keyFor(scope: string): Promise<string> {
  const channel = await connectKernelSocket(join(folder, 'home', 'run'));
  const { token } = await createClient(areas, channel).key.issue({ scope });
  channel.close();
  return token;
}

async function connected(token: string, revision?: '2026-07-28'): Promise<Client> {
  const mode = revision === undefined ? {} : { versionNegotiation: { mode: { pin: revision } } };
  const client = new Client({ name: 'test', version: '1' }, mode);
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
  return client;
}

it.each([undefined, '2026-07-28'] as const)(
  'serves the bearer of a key at /mcp, in its own namespace only (revision %s)',
  async (revision) => {
    const client = await connected(await keyFor('namespace:ci'), revision);
    const call = (name: string, input: Record<string, unknown>) =>
      client.callTool({ name, arguments: input }, { timeout: 90_000 });
    const name = `build-${revision ?? 'before'}`;
    const started = await call('sandbox_start', { name });
    expect(started.structuredContent).toMatchObject({ namespace: 'ci', name, state: 'running' });
    const { id: session } = started.structuredContent as { id: string }; // compared above
    const ran = await call('sandbox_exec', { session, argv: ['echo', 'hello'] });
    expect(ran.structuredContent).toMatchObject({ exitCode: 0, stdout: 'hello\n' });
    await call('fs_write', { session, path: 'a.txt', content: 'a\n' });
    expect((await call('changes_diff', { session })).structuredContent).toMatchObject({
      changes: [{ path: 'a.txt', kind: 'added' }],
    });
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toContain(`cavern://session/${session}/patch`);

    const other = await connected(await keyFor('namespace:other'), revision);
    const foreign = await other.callTool({ name: 'sandbox_exec', arguments: { session, argv: ['true'] } });
    expect(foreign).toMatchObject({ isError: true, _meta: { 'cavern/error': { code: 'wrong_scope' } } });
    expect((await other.callTool({ name: 'sandbox_list', arguments: {} })).structuredContent).toEqual({
      sandboxes: [],
    });
    await other.close();

    const admin = await connected((await readFile(join(folder, 'token'), 'utf8')).trim(), revision);
    const listed = await admin.callTool({ name: 'sandbox_list', arguments: { namespace: 'ci' } });
    expect(JSON.stringify(listed.structuredContent)).toContain(session);
    await admin.close();

    expect((await call('sandbox_stop', { session })).structuredContent).toMatchObject({ state: 'stopped' });
    await client.close();
  },
);

it('the official inspector lists and calls every tool', async () => {
  // Each run is a connection of its own, of several requests: more than the key of a namespace makes in a minute.
  const token = (await readFile(join(folder, 'token'), 'utf8')).trim();
  const server = [`${url}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${token}`];
  await using inspector = new Inspector(server, folder);
  // Under --strict it fails where a schema is none that every client can use.
  const { tools } = (await inspector.ask('tools/list', '--strict')) as {
    tools: { name: string; inputSchema: Record<string, unknown> }[]; // as the protocol has it
  };
  expect(tools.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['sandbox_start', 'sandbox_exec', 'changes_apply', 'fs_read', 'search_grep']),
  );
  const call = (name: string, input: Record<string, unknown>) =>
    inspector.ask('tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(input));
  const started = await call('sandbox_start', { namespace: 'ci', name: 'inspected' });
  const { id: session } = started['structuredContent'] as { id: string }; // as its schema says
  const outcomes: Record<string, string | undefined> = {};
  {
    const channel = await connectKernelSocket(join(folder, 'home', 'run'));
    await using _nobody = denyAll(createClient(areas, channel));
    for (const { name, inputSchema } of tools) {
      if (name === 'sandbox_start' || name === 'sandbox_stop') continue;
      outcomes[name] = outcomeOf(await call(name, sampleOf(inputSchema, session)));
    }
    channel.close();
  }
  expect(Object.entries(outcomes).filter(([, outcome]) => ODD_OUTCOMES.has(outcome))).toEqual([]);
  expect(outcomes).toMatchObject({ sandbox_exec: 'answered', sandbox_list: 'answered', changes_diff: 'answered' });
  expect((await call('sandbox_stop', { session }))['structuredContent']).toMatchObject({ state: 'stopped' });
});

it('refuses who has no key, before anything of the protocol is read', async () => {
  const answer = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  await answer.body?.cancel();
  await expect(connected('cav_aaaaaaaa_nothing')).rejects.toThrow();
});

it('ends the connections of a key that is revoked, and lets it in no more', async () => {
  const token = await keyFor('namespace:ci');
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const begin = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };
  const begun = await fetch(`${url}/mcp`, { method: 'POST', headers, body: JSON.stringify(begin) });
  await begun.text();
  const connection = { ...headers, 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
  const listening = await fetch(`${url}/mcp`, { headers: connection });
  expect([begun.status, listening.status]).toEqual([200, 200]);

  const channel = await connectKernelSocket(join(folder, 'home', 'run'));
  await createClient(areas, channel).key.revoke({ id: token.split('_')[1] as KeyId }); // the form of a token is tested elsewhere
  channel.close();
  // It ends: the rest of the stream is there.
  await listening.text();
  const after = await fetch(`${url}/mcp`, { method: 'POST', headers: connection, body: JSON.stringify(begin) });
  await after.body?.cancel();
  expect(after.status).toBe(401);
});
