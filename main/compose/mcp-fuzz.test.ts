import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createClient } from '../../schema/client/client.ts';
import { areas } from '../../schema/contract/areas.ts';
import { silentLogger } from '../base/logger.ts';
import { composeKernel, type Kernel } from '../compose.ts';
import { KeepAliveClient, type ReceivedAnswer } from '../hosts/http/testing/keep-alive-client.ts';
import { denyAll } from '../hosts/mcp/testing/every-tool.ts';
import { type FuzzedMcp, type FuzzedTool, fuzzedMcp } from '../hosts/mcp/testing/fuzzed-mcp.ts';
import { connectKernelSocket } from '../hosts/socket/kernel-socket.ts';
import { openHome } from '../platform/home/home.ts';
import { serveGateway } from './gateway.ts';
import { mcpMount } from './mcp.ts';
import { plantSessions } from './testing/fuzz-home.ts';

const isLong = process.env['CAVERN_LONG'] === '1';
const REQUESTS = isLong ? 50_000 : 1000;
/** The long run looks for what nobody has seen; the short one sends the same each time. */
const SEED = isLong ? Date.now() % 0x7fff_ffff : 8;
const AT_ONCE = 16;
/** Fewer than an admin key may make in a minute. */
const REQUESTS_A_KEY = 900;
/** Only against hanging. */
const ANSWER_LIMIT_MS = 60_000;
const LIMIT = { timeout: 60_000 };
/** What HTTP may say of a request to `/mcp`; and of one that was not for it. */
const STATUSES: ReadonlySet<number> = new Set([200, 202, 400, 404, 405, 406, 415]);
const INTERNAL_ERROR = -32_603;
const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

const profiles = resolve(import.meta.dirname, '../../profiles');
let folder = '';
let kernel: Kernel;
let gateway: Awaited<ReturnType<typeof serveGateway>>;
let operator: ReturnType<typeof createClient<typeof areas>>;
let connected = 0;
let leave = (): void => undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-mcp-fuzz-'));
  const home = openHome(join(folder, 'home'));
  const none = join(folder, 'none');
  await plantSessions(home, 4);
  kernel = await composeKernel({
    home,
    files: { root: folder, agent: none, plugins: none, renderer: '', preload: '', profiles },
    version: '0.0.0',
    electron: null,
    logger: silentLogger,
    life: 'command',
  });
  gateway = await serveGateway(kernel, {
    version: '0.0.0',
    logger: silentLogger,
    port: 0,
    mount: mcpMount(kernel, { version: '0.0.0', logger: silentLogger }),
    traffic: {
      opened() {
        connected += 1;
        return { carries: () => undefined, closed: () => void (connected -= 1) };
      },
      answered: () => undefined,
    },
  });
  const channel = await connectKernelSocket(home.run);
  operator = createClient(areas, channel);
  leave = () => channel.close();
}, 60_000);

afterAll(async () => {
  leave();
  await gateway[Symbol.asyncDispose]();
  await kernel[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The messages of an answer, as JSON or as events. */
function messagesOf({ headers: { 'content-type': type = '' }, text }: ReceivedAnswer): unknown[] {
  if (!type.startsWith('text/event-stream')) return text === '' ? [] : [JSON.parse(text)].flat();
  return [...text.matchAll(/^data: (.+)$/gm)].map(([, data = '']): unknown => JSON.parse(data));
}

function problemOf(answer: ReceivedAnswer): string | undefined {
  if (!STATUSES.has(answer.status)) return `status ${answer.status}`;
  for (const message of messagesOf(answer)) {
    // What the protocol says for every message; undefined of anything else is found below.
    const { jsonrpc, error, result } = message as {
      readonly jsonrpc?: string;
      readonly error?: { readonly code: number } | string;
      readonly result?: { readonly _meta?: { readonly 'cavern/error'?: { readonly code: string } } };
    };
    // Refusals of the gateway itself are its own.
    if (jsonrpc !== '2.0' && typeof error !== 'string') return 'no message of the protocol';
    if (typeof error === 'object' && error.code === INTERNAL_ERROR) return 'an internal error';
    if (result?._meta?.['cavern/error']?.code === 'internal') return 'an internal error of a tool';
  }
  return undefined;
}

async function ask(client: KeepAliveClient, sent: FuzzedMcp, token: string): Promise<ReceivedAnswer> {
  const authorization = { authorization: `Bearer ${token}` };
  // A stream that somebody listens to has no end of its own.
  const events = sent.method === 'POST' ? { events: 'read' as const } : {};
  return client.ask({ ...sent, path: '/mcp', headers: { ...sent.headers, ...authorization }, ...events });
}

/** What the server has: its tools with their schemas, and a connection of the earlier revisions. */
async function serverOf(client: KeepAliveClient, token: string) {
  const clientInfo = { name: 'fuzz', version: '1' };
  const send = (body: object, more: Record<string, string> = {}) =>
    ask(client, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) }, token);
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const begun = await send({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  const connection = String(begun.headers['mcp-session-id']);
  const listed = await send({ jsonrpc: '2.0', id: 2, method: 'tools/list' }, { 'mcp-session-id': connection });
  const [answer] = messagesOf(listed) as { readonly result: { readonly tools: readonly FuzzedTool[] } }[]; // it was just asked for
  expect(answer?.result.tools.length).toBeGreaterThan(5);
  return { tools: answer?.result.tools ?? [], connections: [connection] };
}

it(
  `whatever is sent to /mcp, the answer is one of the protocol, and nothing of it stays (${REQUESTS} requests)`,
  async () => {
    const port = Number(new URL(gateway.url).port);
    const problems: string[] = [];
    {
      await using _nobody = denyAll(operator);
      using client = new KeepAliveClient({ port, connections: AT_ONCE, answerLimitMs: ANSWER_LIMIT_MS });
      const newToken = async (): Promise<string> => (await operator.key.issue({ scope: 'admin' })).token;
      const known = ['box0', 'box1', 'own', 'none', 'cavern://session/own/changes', 'start_in_sandbox'];
      const statuses = new Map<number, number>();
      for (let done = 0; done < REQUESTS; done += REQUESTS_A_KEY) {
        const token = await newToken();
        const server = { ...(await serverOf(client, token)), known };
        const numRuns = Math.min(REQUESTS_A_KEY, REQUESTS - done);
        const left = fc.sample(fuzzedMcp(server), { seed: SEED + done, numRuns });
        const work = async (): Promise<void> => {
          for (let sent = left.pop(); sent !== undefined; sent = left.pop()) {
            const told = JSON.stringify(sent).slice(0, 500);
            try {
              const answer = await ask(client, sent, token);
              statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
              const problem = problemOf(answer);
              if (problem !== undefined) problems.push(`${problem}: ${answer.text.slice(0, 300)} to ${told}`);
            } catch (thrown) {
              problems.push(`no answer: ${String(thrown)} to ${told}`);
            }
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, work));
      }
      expect(problems.slice(0, 5), `${problems.length}, seed ${SEED}`).toEqual([]);
      // It is no test where nothing gets through.
      expect(statuses.get(200)).toBeGreaterThan(REQUESTS / 10);
    }
    await vi.waitFor(() => expect(connected).toBe(0), LIMIT);
  },
  30 * 60_000,
);
