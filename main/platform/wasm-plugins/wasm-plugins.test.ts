import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import type { WasmCall } from '../../kernel/tools/ports.ts';
import { i32, i64, place, type TinyModule, tinyModule } from './testing/tiny-module.ts';
import { WasmPlugins } from './wasm-plugins.ts';

const END = 0x0b;
const FINE = '{"result":{"fine":true}}';
const answers: TinyModule['body'] = (text) => [...place(text), END];
/** `loop (br 0)`: it never comes to an end by itself. */
const spins: TinyModule['body'] = () => [0x03, 0x40, 0x0c, 0, END, ...i64(0n), END];
/** Takes a page of memory after the other until there is no more, then answers. */
const hoards: TinyModule['body'] = (text) => [
  0x03,
  0x40,
  ...i32(1),
  0x40,
  0,
  ...i32(-1),
  0x47,
  0x0d,
  0,
  END,
  ...place(text),
  END,
];
const traps: TinyModule['body'] = () => [0, END];
const pointsBeyond: TinyModule['body'] = () => [...place({ at: 0x7fff_0000, length: 10 }), END];
/** Hands what it was called with to the function that it imports. */
const repeats: TinyModule['body'] = (text) => [0x20, 0, 0x20, 1, 0x10, 0, ...place(text), END];
/** Hands its text to the function that it imports and gives what comes back. */
const asks: TinyModule['body'] = ({ at, length }) => [...i32(at), ...i32(length), 0x10, 0, END];

let folder = '';
let plugins: WasmPlugins;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-wasm-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  plugins = new WasmPlugins();
});
afterEach(() => plugins[Symbol.asyncDispose]());

async function written(module: TinyModule): Promise<string> {
  const file = join(folder, `${(files += 1)}.wasm`);
  await writeFile(file, tinyModule(module));
  return file;
}

async function call(module: TinyModule | string, more: Partial<WasmCall> = {}): Promise<unknown> {
  return plugins.call({
    plugin: 'tiny',
    file: typeof module === 'string' ? module : await written(module),
    memoryBytes: 1024 * 1024,
    asks: 'none',
    tool: 'tiny.go',
    input: { path: 'grüße' },
    signal: new AbortController().signal,
    output: async () => undefined,
    progress: async () => undefined,
    ...more,
  });
}

const codeOf = (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => 'none',
    (thrown: unknown) => (thrown instanceof Fault ? thrown.code : String(thrown)),
  );

describe('a WebAssembly plugin', { timeout: 60_000 }, () => {
  it('answers, again and again', async () => {
    const file = await written({ text: FINE, body: answers });
    for (let time = 0; time < 5; time += 1) expect(await call(file)).toEqual({ fine: true });
  });

  it('is told with each call what the operator has set, and nothing where it has no settings', async () => {
    const module: TinyModule = { text: FINE, body: repeats, imports: [['cavern', 'output']] };
    const told = async (settings?: Record<string, unknown>): Promise<unknown> => {
      const texts: string[] = [];
      const output = async (text: string): Promise<void> => void texts.push(text);
      await call(module, { input: 1, output, ...(settings === undefined ? {} : { settings }) });
      return JSON.parse(texts.join(''));
    };
    expect(await told({ limit: 7 })).toEqual({ tool: 'tiny.go', input: 1, settings: { limit: 7 } });
    expect(await told()).toEqual({ tool: 'tiny.go', input: 1 });
  });

  it('fails in its own words, and by its own code', async () => {
    const text = '{"error":{"code":"not_found","message":"no such note"}}';
    await expect(call({ text, body: answers })).rejects.toMatchObject({ code: 'not_found', message: 'no such note' });
  });

  it('that spins is ended with its call, and the next call is answered', async () => {
    const abort = new AbortController();
    const file = await written({ text: FINE, body: spins });
    const spinning = [1, 2].map(() => codeOf(call(file, { signal: abort.signal })));
    // Both spin by the time another module has been started and has answered.
    expect(await call({ text: FINE, body: answers })).toEqual({ fine: true });
    abort.abort();
    expect(await Promise.all(spinning)).toEqual(['cancelled', 'cancelled']);
    expect(await call({ text: FINE, body: answers })).toEqual({ fine: true });
  });

  it('gets no more memory than it may have', async () => {
    expect(await call({ text: FINE, body: hoards })).toEqual({ fine: true });
    expect(await codeOf(call({ text: FINE, body: answers, memoryPages: 17 }))).toBe('plugin_failed');
  });

  it('that traps, or points beyond its memory, fails alone', async () => {
    expect(await codeOf(call({ body: traps }))).toBe('plugin_failed');
    expect(await codeOf(call({ body: pointsBeyond }))).toBe('plugin_failed');
    expect(await codeOf(call({ text: 'no JSON', body: answers }))).toBe('plugin_failed');
  });

  it.each<[string, TinyModule]>([
    ['of the system interface', { body: answers, imports: [['wasi_snapshot_preview1', 'fd_write']] }],
    ['that are made up', { body: answers, imports: [['cavern', 'everything']] }],
    ['to ask, which its manifest does not grant', { body: answers, imports: [['cavern', 'ask']] }],
  ])('does not get functions %s', async (_what, module) => {
    expect(await codeOf(call({ text: FINE, ...module }))).toBe('plugin_failed');
  });

  it.each<[string, readonly [number, readonly number[]]]>([
    ['a memory of its own', [5, [1, 0, 1]]],
    ['a table without an end', [4, [1, 0x70, 0, 1]]],
    ['a table that is too large', [4, [1, 0x70, 1, 1, 0x80, 0x80, 0x08]]],
  ])('with %s is refused', async (_what, own) => {
    expect(await codeOf(call({ text: FINE, body: answers, sections: [own] }))).toBe('plugin_failed');
  });

  it('asks for a call where it may, and is told the answer or the refusal', async () => {
    const text = '{"method":"tool.call","input":{"name":"fs.read","input":{"path":"a"}}}';
    const module: TinyModule = { text, body: asks, imports: [['cavern', 'ask']] };
    const seen: unknown[] = [];
    const onCall: WasmCall['onCall'] = async ({ method, input }) => {
      seen.push([method, input]);
      return { result: { content: 'a' } };
    };
    expect(await call(module, { asks: 'granted', onCall })).toEqual({ content: 'a' });
    expect(seen).toEqual([['tool.call', { name: 'fs.read', input: { path: 'a' } }]]);
    const denied: WasmCall['onCall'] = async () => {
      throw new Fault('denied', 'Cannot read it: no');
    };
    expect(await codeOf(call(module, { asks: 'granted', onCall: denied }))).toBe('denied');
    expect(await codeOf(call(module, { asks: 'granted' }))).toBe('not_granted');
  });

  it('that was withdrawn is ended in the middle of a call', async () => {
    const file = await written({ body: spins });
    const spinning = codeOf(call(file));
    await plugins.end(file);
    expect(await spinning).toBe('plugin_failed');
  });
});
