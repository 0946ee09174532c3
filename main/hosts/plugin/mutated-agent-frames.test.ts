import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SandboxId } from '../../../schema/entities.ts';
import { encodeFrame } from '../../../schema/frame-codec.ts';
import type { Frame } from '../../../schema/frame.ts';
import { systemClock } from '../../base/clock.ts';
import { mutatedFrames } from '../../platform/framed-socket/testing/mutated-frames.ts';
import { mutationRounds } from '../../platform/framed-socket/testing/mutation-rounds.ts';
import { sendAndLeave } from '../../platform/framed-socket/testing/raw-connection.ts';
import { settledMemoryBytes } from '../../platform/framed-socket/testing/settled-memory.ts';
import type { AgentEndpoint } from '../../kernel/sandboxes/agent-port.ts';
import { createAgentHost } from './agent-host.ts';

const { seeds, frames } = mutationRounds(2000);
const GROWTH_LIMIT_BYTES = 16 * 1024 * 1024;
const container = 'c0de'.repeat(16);
const sandbox = 'box-1' as SandboxId; // A brand has no other maker in tests.

const HELLO: Frame = {
  id: '0',
  type: 'event',
  method: 'hello',
  params: { protocol: 2, agent: '1', node: 'v24', pid: 1, terminals: [] },
};
const SAMPLES: readonly Frame[] = [
  HELLO,
  { id: '1', type: 'response', result: { exitCode: 0, signal: null, timedOut: false } },
  { id: '2', type: 'response', error: { code: 'not_found', message: 'Cannot find it', retryable: false, why: 'x' } },
  { id: '3', type: 'event', method: 'tool.output', params: { text: 'grüße 漢字 😀\n' } },
  { id: '0', type: 'event', method: 'terminal.data', params: { terminal: 't', offset: 10, base64: 'aGVsbG8=' } },
  {
    id: '0',
    type: 'event',
    method: 'terminal.data',
    params: { terminal: 't', offset: 10, bytes: Buffer.from('größe') },
  },
  {
    id: '4',
    type: 'request',
    method: 'host.call',
    params: { of: '1', method: 'tool.call', input: { name: 'fs.read' } },
  },
  { id: '4', type: 'cancel' },
];

let folder = '';
let endpoint: AgentEndpoint;
let recorded = 0;

beforeEach(async () => {
  recorded = 0;
  folder = await mkdtemp(path.join(tmpdir(), 'cavern-mutated-'));
  const host = createAgentHost({
    folder,
    expectedUid: process.getuid?.() ?? 0,
    clock: systemClock,
    onRefused: ({ times }) => (recorded += times),
    placeOf: async () => ({ containerId: container, isFirst: true }),
  });
  endpoint = await host.listen(sandbox, () => container);
});
afterEach(async () => {
  await endpoint[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it.each(seeds)(
  'damaged frames (seed %i) of an agent end its connection with a record each',
  async (seed) => {
    const socket = path.join(endpoint.folder, 'kernel.sock');
    const next = mutatedFrames(SAMPLES, seed);
    const hello = encodeFrame(HELLO);
    // Every fourth is not even greeted properly; one after the other, as a sandbox has one agent.
    const send = (count: number): Promise<void> =>
      sendAndLeave(socket, count % 4 === 0 ? next() : Buffer.concat([hello, next()]));
    for (let count = 0; count < frames / 10; count += 1) await send(count);
    const before = await settledMemoryBytes();
    for (let count = frames / 10; count < frames; count += 1) await send(count);
    expect((await settledMemoryBytes()) - before).toBeLessThan(GROWTH_LIMIT_BYTES);
    const agent = endpoint.connection(AbortSignal.timeout(10_000));
    const honest = sendAndLeave(socket, hello);
    expect((await agent).hello.agent).toBe('1');
    await honest;
    await endpoint[Symbol.asyncDispose]();
    expect(recorded).toBeGreaterThanOrEqual(frames);
  },
  600_000,
);
