import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import { encodeFrame } from '../../../schema/frame-codec.ts';
import type { Frame } from '../../../schema/frame.ts';
import { mutatedFrames } from '../framed-socket/testing/mutated-frames.ts';
import { mutationRounds } from '../framed-socket/testing/mutation-rounds.ts';
import { settledMemoryBytes } from '../framed-socket/testing/settled-memory.ts';
import { PluginProcess } from './plugin-process.ts';
import type { AgentCall } from './request-server.ts';

const { seeds, frames } = mutationRounds(2000);
/** So that what ends after a whole frame is a violation too. */
const HALF_HEADER = Buffer.alloc(2);
const GROWTH_LIMIT_BYTES = 16 * 1024 * 1024;

const HELLO: Frame = { id: '0', type: 'event', method: 'hello', params: { api: 2, plugin: 'p', version: '1.0.0' } };
const SAMPLES: readonly Frame[] = [
  HELLO,
  { id: '1', type: 'response', result: { output: { text: 'grüße' }, durationMs: 1 } },
  { id: '1', type: 'response', error: { code: 'not_found', message: 'Cannot find it', retryable: false, why: 'x' } },
  { id: '1', type: 'event', method: 'tool.output', params: { text: 'größe 漢字 😀\n' } },
  { id: '1', type: 'event', method: 'tool.progress', params: { message: 'half', done: 1, total: 2 } },
  {
    id: '7',
    type: 'request',
    method: 'host.call',
    params: { of: '1', method: 'tool.call', input: { name: 'fs.read' } },
  },
  { id: '7', type: 'cancel' },
];

let folder = '';
let server: Server;
const arrived: Socket[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-mutated-'));
  server = createServer((socket) => void arrived.push(socket));
  await new Promise<void>((resolve) => server.listen(join(folder, 'pair'), resolve));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** The two ends of a connection, as a plugin's descriptor 3 is one. */
async function pair(): Promise<{ plugin: Socket; agent: Socket }> {
  const plugin = createConnection(join(folder, 'pair'));
  await Promise.all([once(plugin, 'connect'), once(server, 'connection')]);
  const agent = arrived.pop();
  if (agent === undefined) throw new Error('Nobody connected');
  // Whoever is cut off meanwhile is no failure of the other end.
  plugin.on('error', () => undefined);
  plugin.resume();
  return { plugin, agent };
}

/** As the kernel's end has it: an event goes on as a frame of another id. */
const CALL: AgentCall = {
  signal: new AbortController().signal,
  emit: async (method, params) => void encodeFrame({ id: '1234567', type: 'event', method, params }),
  ask: async () => ({ result: null }),
};

function processOn(pipe: Socket, onEnd: () => void): PluginProcess {
  // Of a process that lives on and says nothing; one of its own for each frame would take hours.
  const child = Object.assign(new EventEmitter(), {
    pid: undefined,
    stdout: null,
    stderr: null,
  }) as unknown as ChildProcess;
  const node = { child, pipe, mark: 'x', gone: Promise.resolve() };
  return new PluginProcess({ plugin: 'p', node, log: () => undefined, onEnd });
}

/** How a call ended whose plugin sends these bytes, and how often the agent was told that the plugin has ended. */
async function outcomeOf(count: number, bytes: Buffer): Promise<{ code: string; ends: number }> {
  const { plugin, agent } = await pair();
  let ends = 0;
  let onEnd = (): void => undefined;
  const hasEnded = new Promise<void>((resolve) => {
    onEnd = () => {
      ends += 1;
      resolve();
    };
  });
  const process = processOn(agent, onEnd);
  const outcome = process.request('tool.call', { tool: 'p.t', input: {} }, CALL).then(
    () => 'answered',
    (cause: unknown) => (cause instanceof Fault ? cause.code : String(cause)),
  );
  if (count % 4 !== 0) {
    plugin.write(encodeFrame(HELLO));
    await once(plugin, 'data');
  }
  plugin.end(Buffer.concat([bytes, HALF_HEADER]));
  await hasEnded;
  plugin.destroy();
  return { code: await outcome, ends };
}

it('a frame that is longer on its way on ends the plugin that sent it, and not the agent', async () => {
  const numbers = `[${'1e20,'.repeat(3_000_000)}1]`;
  const json = Buffer.from(`{"id":"1","type":"event","method":"tool.output","params":${numbers}}`);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(json.length);
  expect(await outcomeOf(1, Buffer.concat([header, json]))).toEqual({ code: 'plugin_failed', ends: 1 });
});

it('a plugin that closes its connection and lives on is ended', async () => {
  const { plugin, agent } = await pair();
  const process = processOn(agent, () => undefined);
  const outcome = process.request('tool.call', { tool: 'p.t', input: {} }, CALL);
  plugin.write(encodeFrame(HELLO));
  await once(plugin, 'data');
  plugin.end();
  await expect(outcome).rejects.toThrow('it closed its connection');
});

it.each(seeds)(
  'damaged frames (seed %i) of a plugin end its connection, its calls, and nothing else',
  async (seed) => {
    const next = mutatedFrames(SAMPLES, seed);
    const codes = new Set<string>();
    let before = 0;
    for (let count = 0; count < frames; count += 1) {
      if (count === frames / 10) before = await settledMemoryBytes();
      const { code, ends } = await outcomeOf(count, next());
      codes.add(code);
      expect(ends).toBe(1);
    }
    expect((await settledMemoryBytes()) - before).toBeLessThan(GROWTH_LIMIT_BYTES);
    // Those of an error that was damaged are whatever it says.
    expect([...codes]).toEqual(expect.arrayContaining(['answered', 'plugin_failed']));
  },
  900_000,
);
