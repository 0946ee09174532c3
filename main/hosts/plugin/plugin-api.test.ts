import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AgentConnection, AgentRequestOptions } from '../../kernel/sandboxes/agent-port.ts';
import type { LooseAgent } from '../../platform/sandbox-agent/agent.fixture.ts';
import { type HostedAgent, hostedAgent } from './hosted-agent.fixture.ts';

/** Says hello with what it is given, answers as plugins of both versions do, and prints what it is told beside that. */
const pluginOf = (hello: string): string => `
const { Socket } = require('net');
const s = new Socket({ fd: 3 });
const send = (f) => { const b = Buffer.from(JSON.stringify(f)); const h = Buffer.alloc(4); h.writeUInt32BE(b.length); s.write(Buffer.concat([h, b])); };
send({ id: 'hello', type: 'event', method: 'hello', params: ${hello} });
s.on('data', (d) => {
  for (let at = 0; at < d.length; at += 4 + d.readUInt32BE(at)) {
    const frame = JSON.parse(d.subarray(at + 4, at + 4 + d.readUInt32BE(at)));
    if (frame.type !== 'request') { console.error(JSON.stringify(frame.error)); continue; }
    const { id, params } = frame;
    send({ id, type: 'event', method: 'tool.output', params: { text: 'on the way' } });
    if (params.input.first) send({ id, type: 'event', method: 'tool.finished', params: { durationMs: 3 } });
    send({ id, type: 'response', result: params.input.first ? { echo: 1 } : { output: { echo: 2 }, durationMs: 4 } });
  }
}).on('close', () => process.exit(0));`;

let hosted: HostedAgent;
let agent: LooseAgent;
let connection: AgentConnection;

beforeAll(async () => {
  hosted = await hostedAgent();
  ({ agent, connection } = hosted);
}, 120_000);
afterAll(() => hosted[Symbol.asyncDispose]());

async function plugin(name: string, hello: string) {
  const entry = path.join(agent.workspace, `${name}.cjs`);
  await writeFile(entry, pluginOf(hello));
  return (input: object, options: AgentRequestOptions = {}): Promise<unknown> => {
    const params = { tool: `${name}.go`, input };
    return connection.request('plugin.request', { plugin: name, entry, method: 'tool.call', params }, options);
  };
}

it('plugins of both versions run beside one another, and the kernel is told the same of both', async () => {
  const [first, second] = [await plugin('first', '{ api: 1 }'), await plugin('second', '{ api: 2 }')];
  const seen: unknown[] = [];
  const onEvent: AgentRequestOptions['onEvent'] = (method) => void seen.push(method);
  for (let round = 0; round < 3; round += 1) {
    expect(await first({ first: true }, { onEvent })).toEqual({ output: { echo: 1 }, durationMs: 3 });
    expect(await second({}, { onEvent })).toEqual({ output: { echo: 2 }, durationMs: 4 });
  }
  expect(seen).toEqual(Array.from({ length: 6 }, () => 'tool.output'));
});

it.each([
  ['of a version that is not served', '{ api: 3 }', 3, 'it speaks API 3, served are 1 and 2'],
  ['that names no version', '{}', null, 'it speaks no API version, served are 1 and 2'],
])('a plugin %s is refused, and told so', async (_what, hello, asked, why) => {
  const logged: unknown[] = [];
  const stop = connection.onEvent((method, params) => method === 'plugin.log' && logged.push(params));
  const refused = await plugin('refused', hello);
  const refusal = {
    code: 'unsupported_api',
    message: `Cannot serve the plugin "refused": ${why}`,
    data: { asked, served: [1, 2] },
  };
  await expect(refused({})).rejects.toMatchObject(refusal);
  const told = { plugin: 'refused', stream: 'stderr', text: expect.stringContaining(why) as string };
  await expect.poll(() => logged, { timeout: 30_000 }).toContainEqual(told);
  stop();
});
