import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AgentConnection } from '../../kernel/sandboxes/agent-port.ts';
import type { LooseAgent } from '../../platform/sandbox-agent/agent.fixture.ts';
import { type HostedAgent, hostedAgent } from './hosted-agent.fixture.ts';

const WAIT = { timeout: 30_000, interval: 20 };

/** Answers with all that it can find out about how it was started. */
const SERVE = `
const send = (f) => { const b = Buffer.from(JSON.stringify(f)); const h = Buffer.alloc(4); h.writeUInt32BE(b.length); s.write(Buffer.concat([h, b])); };
const stdin = fs.readlinkSync('/proc/self/fd/0');
const env = Object.entries(process.env).filter(([name]) => name !== 'CAVERN_CALL').sort();
const seen = { argv: process.argv, execArgv: process.execArgv, cwd: process.cwd(), stdin, env, main };
send({ id: 'hello', type: 'event', method: 'hello', params: { api: 2 } });
s.on('data', (d) => {
  const { id } = JSON.parse(d.subarray(4, 4 + d.readUInt32BE()));
  send({ id, type: 'response', result: { output: { ...seen, pid: process.pid, marked: process.env.CAVERN_CALL !== undefined } } });
}).on('close', () => process.exit(0));`;
const COMMON = `const fs = require('fs'); const s = new (require('net').Socket)({ fd: 3 });
const main = [require.main === module, process.mainModule === module, module.id, require.main.filename];${SERVE}`;
const MODULE = `import fs from 'fs'; import { Socket } from 'net'; const s = new Socket({ fd: 3 });
const main = [import.meta.url, import.meta.main];${SERVE}`;

interface Seen {
  readonly pid: number;
  readonly marked: boolean;
}

let hosted: HostedAgent;
let agent: LooseAgent;
let connection: AgentConnection;

beforeAll(async () => {
  hosted = await hostedAgent();
  ({ agent, connection } = hosted);
}, 120_000);
afterAll(() => hosted[Symbol.asyncDispose]());

async function call(plugin: string, entry: string): Promise<Seen> {
  const request = { plugin, entry, method: 'tool.call', params: { tool: `${plugin}.go`, input: {} } };
  const { output } = (await connection.request('plugin.request', request)) as { output: Seen }; // The plugin above.
  return output;
}

async function script(name: string, source: string): Promise<string> {
  const entry = path.join(agent.workspace, name);
  await writeFile(entry, source);
  return entry;
}

/** The processes that the agent has started. */
async function children(): Promise<number[]> {
  const pid = agent.process.pid ?? 0;
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** What was started to wait, by whoever asks twice at once. */
async function prepare(): Promise<number[]> {
  const before = await children();
  await Promise.all([connection.request('plugin.prepare', {}), connection.request('plugin.prepare', {})]);
  return (await children()).filter((pid) => !before.includes(pid));
}

it.each([
  ['a script', 'plugin.cjs', COMMON],
  ['a module', 'plugin.mjs', MODULE],
])('a plugin that is %s finds in a Node that waited what its own would have', async (_what, name, source) => {
  const entry = await script(name, source);
  const { pid: _own, ...started } = await call('started', entry);
  const waiting = await prepare();
  const { pid, ...ahead } = await call('ahead', entry);
  expect(ahead).toEqual(started);
  expect([waiting, ahead.marked]).toEqual([[pid], true]);
});

it('one waits at most, and it serves one plugin', async () => {
  const entry = await script('one.cjs', COMMON);
  const waiting = await prepare();
  expect(await prepare()).toEqual([]);
  const [first, second] = [await call('first', entry), await call('second', entry)];
  expect(waiting).toEqual([first.pid]);
  expect(second.pid).not.toBe(first.pid);
});

it('one that was killed while it waited is not missed', async () => {
  const entry = await script('killed.cjs', COMMON);
  const [waiting = Number.NaN] = await prepare();
  process.kill(waiting, 'SIGKILL');
  await expect.poll(children, WAIT).not.toContain(waiting);
  expect(await call('killed', entry)).toMatchObject({ marked: true });
});

it('one that waits ends with its agent', async () => {
  await using other = await hostedAgent();
  await other.connection.request('plugin.prepare', {});
  const pid = other.agent.process.pid ?? 0;
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const waiting = text.trim();
  await other[Symbol.asyncDispose]();
  await expect.poll(() => readdir('/proc'), WAIT).not.toContain(waiting);
});
