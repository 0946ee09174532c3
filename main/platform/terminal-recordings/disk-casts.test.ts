import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TerminalEvent } from '../../../schema/contract/terminal.ts';
import type { ReplayEvent } from '../../../schema/contract/terminal-recording.ts';
import type { SessionId, Terminal, TerminalId } from '../../../schema/entities.ts';
import { AsyncChannel } from '../../base/async-channel.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { TerminalRecordings } from '../../kernel/terminals/recordings/terminal-recordings.ts';
import { diskCasts } from './disk-casts.ts';

const id = 'terminal01' as TerminalId; // Brands exist for the compiler only.
const terminal: Terminal = {
  id,
  session: 'session001' as SessionId,
  title: 'bash',
  cols: 80,
  rows: 24,
  state: 'open',
  openedAt: 0,
};
const { signal } = new AbortController();

let folder: string;
let clock: VirtualClock;
let printed: AsyncChannel<TerminalEvent>;
let recordings: TerminalRecordings;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'cavern-casts-')), 'recordings');
  clock = new VirtualClock(1_700_000_000_000);
  printed = new AsyncChannel(1);
  recordings = new TerminalRecordings({
    files: diskCasts(folder),
    terminal: () => terminal,
    async *attach(_terminal, stop) {
      stop.addEventListener('abort', () => printed.close());
      yield* printed;
    },
    clock,
    logger: silentLogger,
  });
});
afterEach(async () => {
  await recordings[Symbol.asyncDispose]();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

/** Resolves when it has been written down. */
async function print(event: TerminalEvent): Promise<void> {
  await printed.push(event);
  await new Promise((resolve) => setImmediate(resolve));
}

async function replayed(recording: string): Promise<ReplayEvent[]> {
  const events: ReplayEvent[] = [];
  for await (const event of recordings.replay(recording, signal)) events.push(event);
  return events;
}

test('a recording is a file that players of the format show, and is replayed as it was', async () => {
  const { id: recording, file } = recordings.start(id);
  await print({ type: 'snapshot', text: '$ ', cols: 80, rows: 24 });
  clock.advance(1500);
  await print({ type: 'text', text: 'grüße\r\n' });
  clock.advance(500);
  await print({ type: 'resize', cols: 100, rows: 30 });
  const { sizeBytes } = await recordings.end(id);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ version: 2, width: 80, height: 24, timestamp: 1_700_000_000, title: 'bash' }),
    [0, 'o', '$ '],
    [1.5, 'o', 'grüße\r\n'],
    [2, 'r', '100x30'],
  ]);
  expect(await replayed(recording)).toEqual([
    { type: 'size', cols: 80, rows: 24, atMs: 0 },
    { type: 'output', text: '$ ', atMs: 0 },
    { type: 'output', text: 'grüße\r\n', atMs: 1500 },
    { type: 'size', cols: 100, rows: 30, atMs: 2000 },
  ]);
  expect([(await stat(file)).mode & 0o777, sizeBytes > 100]).toEqual([0o600, true]);
});

test('recordings are listed, the running ones too, and go when they are removed', async () => {
  const first = recordings.start(id);
  expect(recordings.start(id).id).toBe(first.id);
  await print({ type: 'snapshot', text: '', cols: 80, rows: 24 });
  const running = await recordings.list();
  await recordings.end(id);
  await writeFile(join(folder, 'foreign.cast'), '{"version":2}\n');
  const kept = await recordings.list();
  await recordings.remove(first.id);
  expect([running, kept, await recordings.list()].map((list) => list.map((one) => [one.id, one.state]))).toEqual([
    [[first.id, 'recording']],
    [[first.id, 'kept']],
    [],
  ]);
});

test('what is no recording is not replayed, and a line that was cut off ends nothing', async () => {
  await expect(replayed('nothing000')).rejects.toMatchObject({ code: 'not_found' });
  const { id: recording, file } = recordings.start(id);
  await print({ type: 'snapshot', text: 'x', cols: 80, rows: 24 });
  await recordings.end(id);
  await writeFile(file, `${await readFile(file, 'utf8')}[1,"r","1x1"]\n[1,"m","mark"]\n[2,"o","y`);
  expect((await replayed(recording)).map(({ type }) => type)).toEqual(['size', 'output']);
});

test('a recording ends with its terminal', async () => {
  const { id: recording } = recordings.start(id);
  await print({ type: 'snapshot', text: 'x', cols: 80, rows: 24 });
  await print({ type: 'exit', exitCode: 0 });
  await expect.poll(async () => (await recordings.list()).map(({ state }) => state)).toEqual(['kept']);
  await expect(recordings.end(id)).rejects.toMatchObject({ code: 'not_found' });
  expect(await replayed(recording)).toHaveLength(2);
});
