import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../schema/client/client.ts';
import { type Areas, areas } from '../../schema/contract/areas.ts';
import type { Client } from '../../schema/contract/contract.ts';
import type { Frame, FrameChannel } from '../../schema/frame.ts';
import { silentLogger } from '../base/logger.ts';
import { composeKernel, type Kernel } from '../compose.ts';
import { connectKernelSocket } from '../hosts/socket/kernel-socket.ts';
import { mutatedFrames } from '../platform/framed-socket/testing/mutated-frames.ts';
import { mutationRounds } from '../platform/framed-socket/testing/mutation-rounds.ts';
import { sendAndLeave } from '../platform/framed-socket/testing/raw-connection.ts';
import { settledMemoryBytes } from '../platform/framed-socket/testing/settled-memory.ts';
import { openHome } from '../platform/home/home.ts';

const { seeds, frames } = mutationRounds(1000);
/** Below the connections that the socket takes, so that none is turned away. */
const AT_ONCE = 8;
/** What the kernel keeps of a million records in memory is little, but not nothing. */
const GROWTH_LIMIT_BYTES = 64 * 1024 * 1024;

const SAMPLES: readonly Frame[] = [
  { id: '1', type: 'request', method: 'app.version', params: { input: {} } },
  { id: '2', type: 'request', method: 'session.list', params: { input: {} } },
  { id: '3', type: 'request', method: 'tool.list', params: { input: {}, review: 'refuse' } },
  { id: '4', type: 'request', method: 'policy.check', params: { input: { text: 'version: 1\nrules: []\n' } } },
  { id: '5', type: 'request', method: 'changes.list', params: { input: { session: 'none', path: 'grüße/漢字 😀' } } },
  { id: '6', type: 'request', method: 'audit.watch', params: { input: {} } },
  { id: '6', type: 'event', method: 'credit', params: { events: 3 } },
  { id: '6', type: 'cancel' },
];

const profiles = resolve(import.meta.dirname, '../../profiles');
let folder = '';
let kernel: Kernel;
let channel: FrameChannel;
let client: Client<Areas>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-mutated-'));
  const home = openHome(join(folder, 'home'));
  const none = join(folder, 'none');
  kernel = await composeKernel({
    home,
    files: { root: folder, agent: none, plugins: none, renderer: '', preload: '', profiles },
    version: '0.0.0',
    electron: null,
    logger: silentLogger,
    life: 'command',
  });
  channel = await connectKernelSocket(home.run);
  client = createClient(areas, channel);
}, 60_000);

afterAll(async () => {
  channel.close();
  await kernel[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function recorded(text: string): Promise<number> {
  let count = 0;
  for await (const { blocks } of client.audit.count({ filters: { types: ['call_decided'], text } })) {
    for (const block of blocks) count += block.count;
  }
  return count;
}

it.each(seeds)(
  'damaged frames (seed %i) into the kernel’s socket end their connection with a record each',
  async (seed) => {
    const recordedBefore = await recorded('a malformed frame');
    const next = mutatedFrames(SAMPLES, seed);
    let left = frames / 10;
    const sender = async (): Promise<void> => {
      while (left-- > 0) await sendAndLeave(kernel.socket.path, next());
    };
    const sendAll = (): Promise<unknown> => Promise.all(Array.from({ length: AT_ONCE }, sender));
    await sendAll();
    const before = await settledMemoryBytes();
    left = frames - frames / 10;
    await sendAll();
    expect((await settledMemoryBytes()) - before).toBeLessThan(GROWTH_LIMIT_BYTES);
    expect((await client.app.version({})).cavern).toBe('0.0.0');
    // Records are written within a moment.
    await expect
      .poll(() => recorded('a malformed frame'), { timeout: 600_000, interval: 1000 })
      .toBe(recordedBefore + frames);
  },
  600_000,
);
