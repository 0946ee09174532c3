import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionId } from '../../schema/entities.ts';
import { builtAgent } from '../platform/sandbox-agent/agent.fixture.ts';
import { KernelWithPlugins } from './testing/kernel-with-plugins.ts';

const repository = resolve(import.meta.dirname, '../..');
/** ES modules with CommonJS in them. */
const BANNER = "import{createRequire as __requireOf}from'node:module';const require=__requireOf(import.meta.url);";

let kernel: KernelWithPlugins;
let session: SessionId;

/** Packs a server of the registry as whoever wants to offer it would: bundled, with the manifest that the bridge drafts. */
async function writeMcpPlugin(plugins: string, { id, server }: { id: string; server: string }): Promise<void> {
  const folder = join(plugins, id);
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(repository, 'node_modules/@modelcontextprotocol', server, 'dist/index.js')],
    outfile: join(folder, 'server.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: BANNER },
    logLevel: 'error',
  });
  const bridge = join(await builtAgent(), 'mcp-bridge.cjs');
  const drafted = await promisify(execFile)(process.execPath, [bridge, '--manifest', id, 'server.mjs'], {
    cwd: folder,
  });
  await writeFile(join(folder, 'plugin.json'), drafted.stdout);
}

beforeAll(async () => {
  const install = async (plugins: string): Promise<void> => {
    await writeMcpPlugin(plugins, { id: 'files', server: 'server-filesystem' });
    await writeMcpPlugin(plugins, { id: 'everything', server: 'server-everything' });
  };
  const reading = ['files.read_text_file', 'files.list_directory', 'files.write_file'];
  const trying = ['everything.echo', 'everything.get-sum', 'everything.trigger-long-running-operation'];
  kernel = await KernelWithPlugins.open(async () => undefined, [...reading, ...trying], install);
  session = await kernel.session('one');
});
afterAll(() => kernel[Symbol.asyncDispose]());

describe('MCP servers of the registry, each in a sandbox of its own', () => {
  it('are listed with their tools beside the other plugins', async () => {
    const { plugins } = await kernel.client.plugin.list({});
    const found = plugins.filter(({ id }) => id === 'files' || id === 'everything');
    expect(found.map(({ id, state, reason }) => [id, state, reason])).toEqual([
      ['everything', 'registered', undefined],
      ['files', 'registered', undefined],
    ]);
    expect(found.every(({ tools }) => tools.length > 5)).toBe(true);
  });

  it('server-filesystem sees the session’s workspace, writes into the session only, and gets nowhere else', async () => {
    const text = (value: string) => ({ result: { content: [{ type: 'text', text: value }] } });
    expect(await kernel.call(session, 'files.read_text_file', { path: 'a.txt' })).toMatchObject(text('one\n'));
    await kernel.call(session, 'files.write_file', { path: 'b.txt', content: 'new\n' });
    expect(await kernel.call(session, 'fs.read', { path: 'b.txt' })).toMatchObject({ result: { content: 'new\n' } });
    const { changes } = await kernel.client.changes.list({ session });
    expect(changes.map(({ path, kind }) => [path, kind])).toEqual([['b.txt', 'added']]);
    expect(await kernel.call(session, 'files.read_text_file', { path: '/etc/passwd' })).toEqual({ code: 'denied' });
  });

  it('server-everything answers, tells its progress and is cancelled', async () => {
    expect(await kernel.call(session, 'everything.echo', { message: 'grüße' })).toMatchObject({
      result: { content: [{ type: 'text', text: 'Echo: grüße' }] },
    });
    expect(await kernel.call(session, 'everything.get-sum', { a: 2, b: 'x' })).toEqual({ code: 'invalid_input' });
    const abort = new AbortController();
    const input = { duration: 600, steps: 600 };
    const name = 'everything.trigger-long-running-operation';
    const events = kernel.client.tool.call({ session, name, input }, { signal: abort.signal })[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { type: 'progress', done: 1, total: 600 } });
    abort.abort();
    await expect(events.next()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('are judged by the policy and recorded as any plugin', async () => {
    expect(await kernel.call(session, 'everything.get-env', {})).toEqual({ code: 'denied' });
    const decided = async () =>
      (await kernel.records({ types: ['call_decided'], tool: 'everything.get-env' })).map(({ decision }) => decision);
    await expect.poll(decided, { timeout: 30_000 }).toEqual(['deny']);
    const finished = await kernel.records({ types: ['call_finished'], tool: 'files.write_file' });
    expect(finished).toMatchObject([{ actor: 'operator', session }]);
  });
});
