import { writeFile } from 'node:fs/promises';
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
const tools = ['echo', 'fail', 'wait', 'cancelled', 'roots', 'crash'].map((name) => ({ name, inputSchema: { type: 'object' } }));
let cancels = 0, asking;
lines.on('line', (line) => {
  const { id, method, params, result } = JSON.parse(line);
  if (method === 'initialize') return say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'scripted', version: '1.0.0' } } });
  if (method === 'tools/list') return say({ id, result: params?.cursor ? { tools: tools.slice(3) } : { tools: tools.slice(0, 3), nextCursor: 'rest' } });
  if (method === 'notifications/cancelled') return (cancels += 1);
  if (method === undefined && id === 'r') return say({ id: asking, result: text(result.roots[0].uri) });
  if (method !== 'tools/call') return;
  const acts = {
    echo: () => say({ id, result: { ...text(process.argv.slice(2).join()), structuredContent: params.arguments } }),
    fail: () => say({ id, result: { ...text('no such note'), isError: true } }),
    wait: () => say({ method: 'notifications/progress', params: { progressToken: params._meta.progressToken, progress: 1, total: 2, message: 'half' } }),
    cancelled: () => say({ id, result: text(String(cancels)) }),
    roots: () => { asking = id; say({ id: 'r', method: 'roots/list' }); },
    crash: () => process.exit(3),
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
  const entry = path.join(agent.workspace, 'server.cjs');
  const started = { plugin: 'notes', entry, runtime: 'mcp', args: ['--a', 'b'] };
  const asked = { ...started, method: 'tool.call', params: { tool, input } };
  return readPluginAnswer(await connection.request('plugin.request', asked, options)).output;
}

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
