import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { localhostHostValidation, localhostOriginValidation } from '@modelcontextprotocol/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../../../schema/client/client.ts';
import { areas } from '../../../schema/contract/areas.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { type KernelProcess, startKernel } from '../../compose/testing/kernel-process.ts';
import { connectKernelSocket } from '../socket/kernel-socket.ts';
import { McpEndpoints } from './endpoints.ts';
import { FolderPlace } from './folder-place.ts';
import { type KernelSurface, kernelSurface } from './kernel-surface.ts';
import { withConformanceFixtures } from './testing/conformance-surface.ts';

const SUITE = join(import.meta.dirname, '../../../node_modules/@modelcontextprotocol/conformance/dist/index.js');
/** Scenarios that need nothing of a server which it does not have by itself. */
const WITHOUT_FIXTURES = [
  'server-initialize',
  'ping',
  'tools-list',
  'resources-list',
  'prompts-list',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
];

let kernel: KernelProcess;
let scratch: string;
const home = (): string => join(scratch, 'home');
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'cavern-conformance-'));
  // Nothing here needs a sandbox.
  kernel = await startKernel({ home: home(), socket: join(scratch, 'no-engine.sock') });
});
afterAll(async () => {
  await kernel.end('SIGTERM');
  await rm(scratch, { recursive: true, force: true });
});

interface Listening extends AsyncDisposable {
  readonly url: string;
}

/** The handler that the HTTP host mounts, behind the same checks of `Host` and `Origin`, without keys. */
async function listen(change: (surface: KernelSurface) => KernelSurface): Promise<Listening> {
  const channel = await connectKernelSocket(join(home(), 'run'), 'agent');
  const client = createClient(areas, channel);
  const parts = { client, clock: systemClock, logger: silentLogger };
  const place = new FolderPlace({ client, workspaces: [scratch] });
  const surfaceOf = (): KernelSurface => change(kernelSurface({ ...parts, place, questions: 'client' }));
  const endpoints = new McpEndpoints({ ...parts, surfaceOf, version: '0.0.0' });
  const checks = [localhostHostValidation(), localhostOriginValidation()];
  const server = createServer((request, response) => {
    const caller = { id: String(request.headers['x-caller'] ?? 'test') };
    if (checks.every((check) => check(request, response))) void endpoints.handle(caller, request, { response });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It listens on an address, not on a path.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async [Symbol.asyncDispose]() {
      await endpoints[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
      channel.close();
    },
  };
}

/** What the suite says of each scenario, in its last lines; others fail where a fixture is missing. */
async function run(url: string): Promise<string[]> {
  const args = [SUITE, 'server', '--url', url, '--suite', 'all'];
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: scratch, timeout: 100_000, maxBuffer: 64 << 20 }, (_failure, text) =>
      resolve(text),
    );
  });
  return stdout.split('\n').filter((line) => /^[✓✗] /.test(line));
}

test('the public conformance suite passes, all of its server scenarios, with its fixtures', async () => {
  await using server = await listen((surface) => ({
    ...withConformanceFixtures(surface),
    [Symbol.dispose]: () => surface[Symbol.dispose](),
  }));
  const said = await run(server.url);
  expect(said.length).toBe(32);
  expect(said.filter((line) => !/^✓ .*, 0 failed/.test(line))).toEqual([]);
});

test('the scenarios that need no fixture pass without any', async () => {
  await using server = await listen((surface) => surface);
  const passed = (await run(server.url))
    .filter((line) => line.startsWith('✓ '))
    .map((line) => line.slice(2).split(':')[0]);
  expect(passed).toEqual(expect.arrayContaining(WITHOUT_FIXTURES));
});

async function connected(url: string, caller: string, revision?: '2026-07-28') {
  const mode = revision === undefined ? {} : { versionNegotiation: { mode: { pin: revision } } };
  const client = new Client({ name: 'test', version: '1' }, mode);
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { 'x-caller': caller } },
  });
  await client.connect(transport);
  return { client, connection: transport.sessionId };
}

test.each([undefined, '2026-07-28'] as const)(
  'the official client lists and calls over HTTP (revision %s)',
  async (revision) => {
    await using server = await listen((surface) => surface);
    const { client } = await connected(server.url, 'one', revision);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('sandbox_start');
    const listed = await client.callTool({ name: 'sandbox_list', arguments: {} });
    expect(listed.structuredContent).toEqual({ sessions: [], sandboxes: [] });
    const failed = await client.callTool({ name: 'sandbox_stop', arguments: { session: 'none' } });
    expect(failed).toMatchObject({ isError: true, _meta: { 'cavern/error': { code: 'not_found' } } });
    await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toThrow(
      'There is no tool "no_such_tool"',
    );
    await client.close();
  },
);

test('a caller who names the connection of another one is told that there is none', async () => {
  await using server = await listen((surface) => surface);
  const { client, connection = '' } = await connected(server.url, 'one');
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-session-id': connection,
    'mcp-protocol-version': '2025-11-25',
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/list' });
  const ask = async (caller: string): Promise<number> => {
    const answer = await fetch(server.url, { method: 'POST', headers: { ...headers, 'x-caller': caller }, body });
    await answer.body?.cancel();
    return answer.status;
  };
  expect([await ask('two'), await ask('one')]).toEqual([404, 200]);
  await client.close();
});
