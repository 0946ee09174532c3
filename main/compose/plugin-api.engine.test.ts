import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionId } from '../../schema/entities.ts';
import { writeRawPlugin } from '../platform/plugin-files/testing.fixture.ts';
import { KernelWithPlugins } from './testing/kernel-with-plugins.ts';

/** Built when API 1 was the current one; the plugins that come along are of API 2. */
const OLD_PLUGIN = join(import.meta.dirname, 'fixtures/api-1-plugin');
const TEXT = 'one two three\n';

/** Says in its hello what its manifest does not: a version that nobody serves. */
const FROM_THE_FUTURE = `
const { Socket } = require('node:net');
const s = new Socket({ fd: 3 });
const b = Buffer.from(JSON.stringify({ id: 'hello', type: 'event', method: 'hello', params: { api: 9, plugin: 'future', version: '1.0.0', tools: [] } }));
const h = Buffer.alloc(4); h.writeUInt32BE(b.length); s.write(Buffer.concat([h, b]));
s.on('data', (d) => console.error('told: ' + d.subarray(4))).on('close', () => process.exit(0));`;

let kernel: KernelWithPlugins;
let session: SessionId;

async function writePlugins(plugins: string): Promise<void> {
  await cp(OLD_PLUGIN, join(plugins, 'old'), { recursive: true });
  await writeRawPlugin(plugins, 'future', FROM_THE_FUTURE);
  await writeRawPlugin(plugins, 'unknown', '');
  const file = join(plugins, 'unknown', 'plugin.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as object; // the fixture writes it
  await writeFile(file, JSON.stringify({ ...manifest, apiVersion: 3 }));
}

beforeAll(async () => {
  kernel = await KernelWithPlugins.open(writePlugins, ['old.count', 'old.ask', 'old.wait', 'future.go']);
  session = await kernel.session('work');
  await kernel.call(session, 'fs.write', { path: 'text', content: TEXT });
});
afterAll(() => kernel[Symbol.asyncDispose]());

describe('a plugin that was built for the API before', () => {
  it('answers beside one of the current, each in its own words, to the same caller', async () => {
    const input = { path: 'text' };
    const calls = ['old.count', 'fs.stat'].flatMap((name) =>
      Array.from({ length: 5 }, () => kernel.call(session, name, input)),
    );
    expect(await Promise.all(calls)).toEqual([
      ...Array.from({ length: 5 }, () => ({ result: { words: 3 } })),
      ...Array.from({ length: 5 }, () => ({ result: expect.objectContaining({ type: 'file' }) as object })),
    ]);
  });

  it('tells its progress, its output and its time as one of the current does', async () => {
    const events = [];
    for await (const event of kernel.client.tool.call({ session, name: 'old.count', input: { path: 'text' } }))
      events.push(event);
    expect(events).toMatchObject([
      { type: 'progress', message: 'reading', done: 0, total: 1 },
      { type: 'output', text: '3\n' },
      { type: 'result', result: { words: 3 }, durationMs: expect.any(Number) as number },
    ]);
  });

  it('asks for calls, is cancelled and fails as one of the current does', async () => {
    expect(await kernel.call(session, 'old.ask', { path: 'text' })).toEqual({ result: { words: 3 } });
    const cancelling = new AbortController();
    const waiting = kernel.call(session, 'old.wait', { path: 'text' }, cancelling.signal);
    cancelling.abort();
    expect(await waiting).toEqual({ code: 'cancelled' });
    expect(await kernel.call(session, 'old.count', { path: 'none' })).toMatchObject({ code: 'tool_failed' });
  });
});

describe('a plugin of a version that is not served', () => {
  it('is refused by its manifest, with its version and those that are served', async () => {
    const { plugins } = await kernel.client.plugin.list({});
    expect(plugins.find(({ id }) => id === 'unknown')).toMatchObject({ state: 'refused' });
    expect(JSON.stringify(plugins.find(({ id }) => id === 'unknown'))).toContain('API 3, served are 1 and 2');
  });

  it('is refused by its hello, which is told to it and to its caller', async () => {
    expect(await kernel.call(session, 'future.go', {})).toEqual({ code: 'tool_failed', own: 'unsupported_api' });
    const told = async () =>
      (await kernel.client.plugin.log({ id: 'future' })).lines.map(({ text }) => text).join('\n');
    await expect.poll(told, { timeout: 60_000 }).toContain('it speaks API 9, served are 1 and 2');
  });
});
