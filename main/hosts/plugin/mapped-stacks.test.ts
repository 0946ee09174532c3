import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AgentConnection } from '../../kernel/sandboxes/agent-port.ts';
import { checkoutKit } from '../../platform/plugin-files/author-kit.ts';
import { authorTools } from '../../platform/plugin-files/author-tools.ts';
import { buildInThread } from '../../platform/plugin-files/build-thread.ts';
import { type HostedAgent, hostedAgent } from './hosted-agent.fixture.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');
const kit = checkoutKit(checkout);
/** Of `count.ts`: what it throws, in the fourth line of `run`. */
const THROWS = "    if (path === 'a') throw new TypeError('a is none');";

let scratch = '';
let hosted: HostedAgent;
let connection: AgentConnection;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'cavern-maps-'));
  hosted = await hostedAgent();
  ({ connection } = hosted);
  const folder = path.join(scratch, 'words');
  await authorTools(kit).create({ folder, id: 'words', publisher: 'Acme', template: 'node' });
  const source = path.join(folder, 'src/count.ts');
  const lines = (await readFile(source, 'utf8')).split('\n');
  const run = lines.findIndex((line) => line.includes('async run('));
  await writeFile(source, lines.toSpliced(run + 1, 0, '', '', '', THROWS).join('\n'));
}, 120_000);
afterAll(async () => {
  await hosted[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

async function built(from: string, options: { readonly sourcemap?: 'linked' } = {}): Promise<string> {
  const target = await mkdtemp(path.join(scratch, 'built-'));
  await buildInThread(kit, { folder: from, target, ...options });
  return target;
}

/** What the log has of the failure, as the plugin of a folder writes it. */
async function stackOf(plugin: string, folder: string): Promise<string[]> {
  const logged = new Promise<string>((resolve) => {
    const stop = connection.onEvent((method, params) => {
      const line: { plugin?: unknown; text?: unknown } = Object(params);
      if (method !== 'plugin.log' || line.plugin !== plugin) return;
      stop();
      resolve(String(line.text));
    });
  });
  const call = { tool: 'words.count', input: { path: 'a' } };
  const request = { plugin, entry: path.join(folder, 'index.cjs'), method: 'tool.call', params: call };
  await expect(connection.request('plugin.request', request)).rejects.toMatchObject({ code: 'tool_crashed' });
  const { stack }: { stack: string } = JSON.parse(await logged);
  return stack.split('\n').map((line) => line.trim());
}

it('a stack names the author’s file and line where the package has a map, in a Node of its own and in one that waited', async () => {
  const folder = await built(path.join(scratch, 'words'), { sourcemap: 'linked' });
  const source = (await readFile(path.join(scratch, 'words/src/count.ts'), 'utf8')).split('\n');
  const place = `src/count.ts:${source.indexOf(THROWS) + 1}:${THROWS.indexOf('new') + 1}`;
  const started = await stackOf('started', folder);
  expect(started.slice(0, 2)).toEqual(['TypeError: a is none', expect.stringContaining(place)]);
  await connection.request('plugin.prepare', {});
  expect((await stackOf('ahead', folder)).slice(0, 2)).toEqual(started.slice(0, 2));
}, 120_000);

it('a stack names the bundle’s lines where the package has none', async () => {
  const folder = await built(path.join(scratch, 'words'));
  expect((await stackOf('plain', folder))[1]).toContain('(index.cjs:');
}, 120_000);

it('a package is the same wherever its sources lie, and names no folder of its author’s machine', async () => {
  const deeper = path.join(scratch, 'some/where/else');
  await cp(path.join(scratch, 'words'), deeper, { recursive: true, verbatimSymlinks: true });
  const folders = await Promise.all(
    [path.join(scratch, 'words'), deeper].map((from) => built(from, { sourcemap: 'linked' })),
  );
  for (const name of ['index.cjs', 'index.cjs.map']) {
    const [here = '', there] = await Promise.all(folders.map((folder) => readFile(path.join(folder, name), 'utf8')));
    expect(there).toBe(here);
    expect(here).not.toMatch(/\.\.\/\w/);
    for (const known of [scratch, checkout]) expect(here).not.toContain(known);
  }
  const { sources } = JSON.parse(await readFile(path.join(folders[0] ?? '', 'index.cjs.map'), 'utf8')) as {
    sources: string[];
  };
  expect(sources).toEqual(
    expect.arrayContaining(['src/count.ts', '@cavern/plugin-sdk/src/serve-plugin.ts', 'cavern/schema/frame-codec.ts']),
  );
}, 120_000);
