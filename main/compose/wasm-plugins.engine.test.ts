import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SessionId } from '../../schema/entities.ts';
import { i32, i64, place, type TinyModule, tinyModule } from '../platform/wasm-plugins/testing/tiny-module.ts';
import { KernelWithPlugins } from './testing/kernel-with-plugins.ts';

const END = 0x0b;
const reads = (path: string): TinyModule => ({
  text: JSON.stringify({ method: 'tool.call', input: { name: 'fs.read', input: { path } } }),
  body: ({ at, length }) => [...i32(at), ...i32(length), 0x10, 0, END],
  imports: [['cavern', 'ask']],
});
const MODULES: Readonly<Record<string, TinyModule>> = {
  constant: { text: '{"result":{"fine":true}}', body: (text) => [...place(text), END] },
  spinner: { body: () => [0x03, 0x40, 0x0c, 0, END, ...i64(0n), END] },
  reader: reads('a.txt'),
  curious: reads('.env'),
};

let kernel: KernelWithPlugins;
let session: SessionId;

async function writeWasmPlugin(plugins: string, id: string, module: TinyModule): Promise<void> {
  await mkdir(join(plugins, id), { recursive: true });
  await writeFile(join(plugins, id, 'plugin.wasm'), tinyModule(module));
  const tool = {
    description: 'For a test',
    input: { type: 'object' },
    output: { type: 'object' },
    outputMode: 'value',
  };
  const manifest = {
    id,
    version: '1.0.0',
    apiVersion: 1,
    displayName: id,
    description: 'For a test',
    publisher: 'test',
    license: 'MIT',
    entry: 'plugin.wasm',
    runtime: 'wasm',
    memoryMiB: 1,
    profile: 'workspace',
    capabilities: module.imports === undefined ? [] : [{ name: 'workspace.read', paths: ['a.txt'] }],
    tags: [],
    tools: [{ name: `${id}.go`, ...tool, effects: ['read'], timeoutMs: id === 'spinner' ? 500 : 60_000 }],
  };
  await writeFile(join(plugins, id, 'plugin.json'), JSON.stringify(manifest));
}

beforeAll(async () => {
  kernel = await KernelWithPlugins.open(
    async (plugins) => {
      for (const [id, module] of Object.entries(MODULES)) await writeWasmPlugin(plugins, id, module);
    },
    Object.keys(MODULES).map((id) => `${id}.go`),
  );
  session = await kernel.session('one');
});
afterAll(() => kernel[Symbol.asyncDispose]());

it('a WebAssembly plugin answers through the registry, the policy and the audit log, without a sandbox', async () => {
  await kernel.client.session.stop({ session });
  expect(await kernel.call(session, 'constant.go', {})).toEqual({ result: { fine: true } });
  const finished = () => kernel.records({ types: ['call_finished'], tool: 'constant.go' });
  await expect.poll(async () => (await finished()).length, { timeout: 30_000 }).toBe(1);
});

it('one that spins is ended when its time is up', async () => {
  expect(await kernel.call(session, 'spinner.go', {})).toEqual({ code: 'tool_timeout' });
  expect(await kernel.call(session, 'constant.go', {})).toEqual({ result: { fine: true } });
});

it('what one asks for is bound by its manifest, judged as the plugin’s own call and recorded', async () => {
  expect(await kernel.call(session, 'reader.go', {})).toMatchObject({ result: { content: 'one\n' } });
  expect(await kernel.call(session, 'curious.go', {})).toEqual({ code: 'tool_failed', own: 'not_granted' });
  const decided = async () => {
    const records = await kernel.records({ types: ['call_decided'] });
    return records.filter(({ actor }) => actor.startsWith('plugin:')).map(({ actor, decision }) => [actor, decision]);
  };
  await expect.poll(decided, { timeout: 30_000 }).toEqual([
    ['plugin:curious', 'deny'],
    ['plugin:reader', 'allow'],
  ]);
});
