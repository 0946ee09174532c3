import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPluginAnswer } from '../../../schema/plugin-api.ts';
import type { AgentConnection, AgentRequestOptions } from '../../kernel/sandboxes/agent-port.ts';
import type { LooseAgent } from '../../platform/sandbox-agent/agent.fixture.ts';
import { type HostedAgent, hostedAgent } from './hosted-agent.fixture.ts';

/** An MCP server by its specification, with a tool for each thing that can happen. */
const SERVER = `
const lines = require('node:readline').createInterface({ input: process.stdin });
const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const text = (value) => ({ content: [{ type: 'text', text: value }] });
const tools = ['echo', 'fail', 'wait', 'cancelled', 'roots', 'crash', 'variables', 'process', 'slow', 'huge', 'garbage', 'asks', 'log', 'grow', 'refuse', 'odd', 'old'].map((name) => ({ name, inputSchema: { type: 'object' } }));
let cancels = 0, asking;
lines.on('line', (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === 'initialize') return say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'scripted', version: '1.0.0' } } });
  if (method === 'tools/list') return say({ id, result: params?.cursor ? { tools: [...tools.slice(3), { name: 7 }, null] } : { tools: tools.slice(0, 3), nextCursor: 'rest' } });
  if (method === 'notifications/cancelled') return (cancels += 1);
  if (method === undefined && id === 'r') return say({ id: asking, result: text(result === undefined ? String(error.code) : result.roots[0].uri) });
  if (method !== 'tools/call') return;
  const acts = {
    echo: () => say({ id, result: { ...text(process.argv.slice(2).join()), structuredContent: params.arguments } }),
    fail: () => say({ id, result: { ...text('no such note'), isError: true } }),
    wait: () => say({ method: 'notifications/progress', params: { progressToken: params._meta.progressToken, progress: 1, total: 2, message: 'half' } }),
    cancelled: () => say({ id, result: text(String(cancels)) }),
    roots: () => { asking = id; say({ id: 'r', method: 'roots/list' }); },
    crash: () => process.exit(3),
    variables: () => say({ id, result: text(JSON.stringify([process.env.LIMIT, process.env.EMPTY, process.env.NODE_ENV])) }),
    process: () => say({ id, result: text(String(process.pid)) }),
    huge: () => say({ id, result: text('x'.repeat(20 * 1024 * 1024)) }),
    garbage: () => { process.stdout.write('Listening…\\n{"jsonrpc":"2.0"}\\n[]\\n'); say({ id: 999, result: {} }); say({ id, result: text('fine') }); },
    asks: () => { asking = id; say({ id: 'r', method: params.arguments.method, params: {} }); },
    log: () => { say({ method: 'notifications/message', params: { level: 'warning', logger: 'db', data: { rows: 2 } } }); say({ id, result: text('') }); },
    grow: () => { tools.push({ name: 'late' }); say({ method: 'notifications/tools/list_changed' }); say({ id, result: text('') }); },
    late: () => say({ id, result: text('late') }),
    refuse: () => say({ id, error: { code: -32602, message: 'no such thing' } }),
    odd: () => say({ id, result: { content: [{ type: 'image', data: 'AA==', mimeType: 'image/png' }, { type: 'resource_link', uri: 'a:b', name: 'b' }, { type: 'hologram' }], _meta: { a: 1 } } }),
    old: () => say({ id, result: { toolResult: [1] } }),
    slow: () => {
      const { watch, writeFileSync } = require('node:fs');
      watch(params.arguments.wait).once('change', () => say({ id, result: text(process.env.LIMIT) }));
      writeFileSync(params.arguments.told, 'watching');
    },
  };
  acts[params.name]();
});`;

let hosted: HostedAgent;
let agent: LooseAgent;
let connection: AgentConnection;

beforeAll(async () => {
  hosted = await hostedAgent();
  ({ agent, connection } = hosted);
  await writeFile(path.join(agent.workspace, 'server.cjs'), SERVER);
}, 120_000);
afterAll(() => hosted[Symbol.asyncDispose]());

async function call(tool: string, input: unknown = {}, options: AgentRequestOptions = {}): Promise<unknown> {
  return callWith({}, tool, { input, options });
}

/** With these variables, as after a change of the settings. */
async function callWith(
  env: Record<string, string>,
  tool: string,
  { input = {}, options = {} }: { input?: unknown; options?: AgentRequestOptions } = {},
): Promise<unknown> {
  const entry = path.join(agent.workspace, 'server.cjs');
  const started = { plugin: 'notes', entry, runtime: 'mcp', args: ['--a', 'b'], env };
  const asked = { ...started, method: 'tool.call', params: { tool, input } };
  return readPluginAnswer(await connection.request('plugin.request', asked, options)).output;
}

const text = (value: string) => ({ content: [{ type: 'text', text: value }] });

const textOf = (answer: unknown): string => (answer as ReturnType<typeof text>).content[0]?.text ?? ''; // the server's own

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('a tool of an MCP server is called as any other', async () => {
  const answer = { content: [{ type: 'text', text: '--a,b' }], structuredContent: { note: 1 } };
  expect(await call('echo', { note: 1 })).toEqual(answer);
});

it('a failure of the tool is told in its words, and so is a tool that the server does not have', async () => {
  await expect(call('fail')).rejects.toMatchObject({ code: 'mcp_tool_failed', message: 'no such note' });
  await expect(call('none')).rejects.toMatchObject({ code: 'tool_unknown' });
});

it('the server is offered the workspace as its only root', async () => {
  expect(await call('roots')).toEqual({ content: [{ type: 'text', text: `file://${agent.workspace}` }] });
});

it('progress of a call reaches its caller, and cancelling it the server', async () => {
  const abort = new AbortController();
  const seen: unknown[] = [];
  const onEvent: AgentRequestOptions['onEvent'] = (method, params) => void seen.push([method, params]);
  const waiting = call('wait', {}, { signal: abort.signal, onEvent });
  waiting.catch(() => undefined);
  await expect
    .poll(() => seen, { timeout: 15_000 })
    .toEqual([['tool.progress', { message: 'half', done: 1, total: 2 }]]);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await expect.poll(() => call('cancelled'), { timeout: 15_000 }).toEqual({ content: [{ type: 'text', text: '1' }] });
});

it('a server that ends is a plugin that failed, and is started again', async () => {
  await expect(call('crash')).rejects.toMatchObject({ code: 'plugin_failed' });
  expect(await call('cancelled')).toEqual({ content: [{ type: 'text', text: '0' }] });
});

it('a server whose bridge was given a Node that waited has its arguments all the same', async () => {
  await expect(call('crash')).rejects.toMatchObject({ code: 'plugin_failed' });
  await connection.request('plugin.prepare', {});
  expect(await call('echo')).toMatchObject({ content: [{ type: 'text', text: '--a,b' }] });
});

it('a server has the variables that it was started with, and its bridge has not', async () => {
  const variables = { LIMIT: '7=8', EMPTY: '', NODE_ENV: 'production' };
  expect(await callWith(variables, 'variables')).toEqual(text(JSON.stringify(['7=8', '', 'production'])));
});

it('a server that is to have other variables is started anew, and the one before ends when its last call is answered', async () => {
  const before = Number(textOf(await callWith({ LIMIT: '1' }, 'process')));
  const [wait, told] = [path.join(agent.workspace, 'wait'), path.join(agent.workspace, 'told')];
  await writeFile(wait, '');
  const slow = callWith({ LIMIT: '1' }, 'slow', { input: { wait, told } });
  await expect.poll(() => readFile(told, 'utf8').catch(() => ''), { timeout: 15_000 }).toBe('watching');
  const after = Number(textOf(await callWith({ LIMIT: '2' }, 'process')));
  expect(after).not.toBe(before);
  expect(isRunning(before)).toBe(true);
  await writeFile(wait, 'go');
  expect(await slow).toEqual(text('1'));
  await expect.poll(() => isRunning(before), { timeout: 15_000 }).toBe(false);
  expect(Number(textOf(await callWith({ LIMIT: '2' }, 'process')))).toBe(after);
});

it('a server that is called again as it was started before is the one that still runs', async () => {
  const [wait, told] = [path.join(agent.workspace, 'wait-2'), path.join(agent.workspace, 'told-2')];
  await writeFile(wait, '');
  const first = Number(textOf(await callWith({ LIMIT: '1' }, 'process')));
  const slow = callWith({ LIMIT: '1' }, 'slow', { input: { wait, told } });
  await expect.poll(() => readFile(told, 'utf8').catch(() => ''), { timeout: 15_000 }).toBe('watching');
  await callWith({ LIMIT: '2' }, 'process');
  expect(Number(textOf(await callWith({ LIMIT: '1' }, 'process')))).toBe(first);
  await writeFile(wait, 'go');
  expect(await slow).toEqual(text('1'));
  expect(Number(textOf(await callWith({ LIMIT: '1' }, 'process')))).toBe(first);
});

it('an answer that is too large fails its call, and the server stays', async () => {
  const before = await call('process');
  await expect(call('huge')).rejects.toMatchObject({ code: 'output_limit', data: { limitBytes: 8 * 1024 * 1024 } });
  expect(await call('process')).toEqual(before);
});

it('what is no message of the protocol is left out, and told in the log', async () => {
  const lines: unknown[] = [];
  const stop = connection.onEvent((method, params) => method === 'plugin.log' && lines.push(params));
  expect(await call('garbage')).toEqual(text('fine'));
  const warning = { stream: 'stderr', text: expect.stringContaining('"level":"warn"') as string };
  await expect.poll(() => lines, { timeout: 15_000 }).toMatchObject([warning, warning, warning, warning]);
  await call('log');
  const logged = { text: '{"logger":"db","level":"warn","message":"{\\"rows\\":2}"}' };
  await expect.poll(() => lines.at(-1), { timeout: 15_000 }).toMatchObject(logged);
  stop();
});

it('a server that asks for samples or answers of a person is told that there are none', async () => {
  expect(await call('asks', { method: 'sampling/createMessage' })).toEqual(text('-32601'));
  expect(await call('asks', { method: 'elicitation/create' })).toEqual(text('-32601'));
});

it('a tool that comes later can be called, and one that the server refuses fails in its words', async () => {
  await expect(call('late')).rejects.toMatchObject({ code: 'tool_unknown' });
  await call('grow');
  expect(await call('late')).toEqual(text('late'));
  await expect(call('refuse')).rejects.toMatchObject({
    code: 'mcp_refused',
    message: 'MCP error -32602: no such thing',
    data: { code: -32602 },
  });
});

it('content of every kind goes through, of servers of the first version too', async () => {
  const image = { type: 'image', data: 'AA==', mimeType: 'image/png' };
  const link = { type: 'resource_link', uri: 'a:b', name: 'b' };
  expect(await call('odd')).toEqual({ content: [image, link, { type: 'hologram' }] });
  expect(await call('old')).toEqual(text('[1]'));
});

it('a server that exits at once, or is no program, says so with its last words', async () => {
  const failing = async (name: string, source: string): Promise<unknown> => {
    const entry = path.join(agent.workspace, name);
    await writeFile(entry, source);
    const asked = { plugin: 'notes', entry, runtime: 'mcp', method: 'tool.call', params: { tool: 'echo', input: {} } };
    return connection.request('plugin.request', asked).catch((thrown: unknown) => thrown);
  };
  const ended = { code: 'plugin_failed', retryable: true };
  const last = (words: string) => expect.stringContaining(words) as string;
  expect(await failing('exits.cjs', 'console.error("no key"); process.exit(2);')).toMatchObject({
    ...ended,
    why: last('no key'),
  });
  expect(await failing('broken.cjs', 'this is no program')).toMatchObject({ ...ended, why: last('SyntaxError') });
});

it('a call waits for a server that takes its time to start, and can be cancelled meanwhile', async () => {
  const entry = path.join(agent.workspace, 'late.cjs');
  const wait = path.join(agent.workspace, 'start');
  const looks = `setInterval(() => require('node:fs').existsSync(${JSON.stringify(wait)}) && start(), 50)`;
  await writeFile(entry, `const start = () => {\nclearInterval(looking);${SERVER}\n};\nconst looking = ${looks};`);
  const asked = { plugin: 'notes', entry, runtime: 'mcp', method: 'tool.call', params: { tool: 'echo', input: {} } };
  const abort = new AbortController();
  const cancelled = connection
    .request('plugin.request', asked, { signal: abort.signal })
    .catch((thrown: unknown) => thrown);
  const waiting = connection.request('plugin.request', asked);
  abort.abort();
  expect(await cancelled).toMatchObject({ code: 'cancelled' });
  await writeFile(wait, '');
  expect(readPluginAnswer(await waiting).output).toMatchObject({ content: [{ type: 'text' }] });
});
