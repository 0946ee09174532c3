import { createServer, Socket } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Type from 'typebox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder } from '../../../schema/frame-codec.ts';
import type { Frame } from '../../../schema/frame.ts';
import { definePlugin } from './define-plugin.ts';
import { PluginHarness } from './harness.ts';
import { manifestOf } from './manifest.ts';
import { runCommand } from './run-command.ts';
import { servePlugin } from './serve-plugin.ts';
import { tool } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { WorkspacePath } from './workspace-path.ts';

const plugin = definePlugin({
  id: 'hello',
  version: '1.0.0',
  displayName: 'Hello',
  description: 'For tests',
  publisher: 'test',
  license: 'MIT',
  capabilities: [],
  tools: {
    greet: {
      description: 'Greets',
      input: Type.Object(
        { name: Type.String({ minLength: 1 }), times: Type.Integer({ default: 2 }) },
        { additionalProperties: false },
      ),
      output: Type.Object({ text: Type.String() }),
      outputMode: 'value',
      effects: ['read'],
      timeoutMs: 1000,
      async run(input, context) {
        context.progress('greeting', { done: 1, total: input.times });
        await context.output('hello\n');
        return { text: `hello ${input.name} `.repeat(input.times).trim() };
      },
    },
    behave: tool({
      description: 'Behaves as it is told',
      input: Type.Object({
        how: Type.Union([
          Type.Literal('fail'),
          Type.Literal('crash'),
          Type.Literal('wrong'),
          Type.Literal('wait'),
          Type.Literal('huge'),
        ]),
      }),
      output: Type.Object({ text: Type.String() }),
      outputMode: 'value',
      effects: ['read'],
      timeoutMs: 1000,
      async run({ how }, { signal }) {
        if (how === 'fail') throw new ToolError('own_code', 'Cannot behave: it was told to fail', { data: { why: 1 } });
        if (how === 'crash') throw new Error('bug');
        if (how === 'wait') await new Promise((resolve) => signal.addEventListener('abort', resolve));
        if (how === 'huge') return { text: 'x'.repeat(9_000_000) };
        // What a tool written without types could give.
        return { text: 7 as unknown as string };
      },
    }),
    peek: tool({
      description: 'Looks at a path',
      input: Type.Object({ path: WorkspacePath }),
      output: Type.Object({ leads: Type.String() }),
      outputMode: 'value',
      effects: ['read'],
      timeoutMs: 1000,
      run: async ({ path }, { files }) => ({ leads: files.resolve(path).path }),
    }),
  },
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-sdk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a plugin in the harness', () => {
  it('is called with defaults filled in, and its output is checked', async () => {
    const harness = new PluginHarness({ plugin, workspace: folder, pluginFolder: folder });
    expect(await harness.call('greet', { name: 'Ada' })).toEqual({
      result: { text: 'hello Ada hello Ada' },
      output: 'hello\n',
      progress: ['greeting'],
    });
    expect(await harness.refusal('greet', { name: '' })).toBe('invalid_input');
    expect(await harness.refusal('greet', { name: 'Ada', times: 'two' })).toBe('invalid_input');
    expect(await harness.refusal('behave', { how: 'wrong' })).toBe('invalid_output');
    expect(await harness.refusal('none', {})).toBe('tool_unknown');
  });

  it('has a manifest that asks for nothing that has a default', () => {
    const [greet] = manifestOf(plugin).tools;
    expect(greet).toMatchObject({
      name: 'hello.greet',
      input: { type: 'object', required: ['name'], additionalProperties: false },
    });
  });
});

describe('a path in a view', () => {
  it('is followed link by link and never out of the workspace', async () => {
    const harness = new PluginHarness({ plugin, workspace: folder, pluginFolder: folder });
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(join(folder, 'a/f'), '');
    symlinkSync('b', join(folder, 'a/to-b'));
    symlinkSync('../../a/../../../etc', join(folder, 'a/b/up'));
    symlinkSync('..', join(folder, 'a/b/parent'));
    const leads = async (path: string): Promise<unknown> =>
      ((await harness.call('peek', { path })).result as { leads: string }).leads;
    expect(await leads('./a//to-b/new/file')).toBe('a/b/new/file');
    expect(await leads('a/to-b/parent/f')).toBe('a/f');
    // Written dots are taken as they are written, as the policy takes them; those of a link as the system does.
    expect(await leads('a/to-b/../f')).toBe('a/f');
    expect(await leads(`${folder}/a`)).toBe('a');
    expect(await harness.refusal('peek', { path: 'a/b/up' })).toBe('workspace_escape');
    expect(await harness.refusal('peek', { path: `${folder}x` })).toBe('workspace_escape');
    expect(await harness.refusal('peek', { path: 'a/f/x' })).toBe('not_a_directory');
  });
});

describe('a served plugin', () => {
  /** What a test sees of the connection: frames out, and the next frame of an id that is not an event. */
  async function connected() {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const near = new Socket().connect(join(folder, 's'));
    const logged: string[] = [];
    const log = (message: string): void => void logged.push(message);
    const logger = { debug: log, info: log, warn: log, error: log };
    servePlugin(plugin, { connection: await accepted, workspace: folder, pluginFolder: folder, logger });
    const frames: Frame[] = [];
    const wake = new Set<() => void>();
    const decoder = new FrameDecoder();
    near.on('data', (chunk) => {
      frames.push(...decoder.push(chunk));
      for (const each of wake) each();
    });
    const response = (id: string): Promise<Frame> =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = frames.find((frame) => frame.id === id && frame.type === 'response');
          if (found) resolve(found);
        };
        wake.add(look);
        look();
      });
    const send = (frame: Frame): void => void near.write(encodeFrame(frame));
    return { near, frames, send, response, logged, close: () => [near.destroy(), server.close()] };
  }

  it('says hello and answers with events before the response', async () => {
    const { send, response, frames, close } = await connected();
    send({
      id: '1',
      type: 'request',
      method: 'tool.call',
      params: { tool: 'hello.greet', input: { name: 'Ada', times: 1 } },
    });
    const answer = { output: { text: 'hello Ada' }, durationMs: expect.any(Number) as number };
    expect(await response('1')).toEqual({ id: '1', type: 'response', result: answer });
    expect(frames.slice(0, -1)).toEqual([
      {
        id: 'hello',
        type: 'event',
        method: 'hello',
        params: { api: 2, plugin: 'hello', version: '1.0.0', tools: ['hello.greet', 'hello.behave', 'hello.peek'] },
      },
      { id: '1', type: 'event', method: 'tool.progress', params: { message: 'greeting', done: 1, total: 1 } },
      { id: '1', type: 'event', method: 'tool.output', params: { text: 'hello\n' } },
    ]);
    close();
  });

  it('answers every failure with a code, and lives on', async () => {
    const { send, response, logged, close } = await connected();
    const call = async (id: string, params: unknown): Promise<unknown> => {
      send({ id, type: 'request', method: 'tool.call', params });
      const { error } = await response(id);
      return error?.code;
    };
    const of = (how: string) => ({ tool: 'hello.behave', input: { how } });
    expect(await call('1', of('fail'))).toBe('own_code');
    expect(await call('2', of('crash'))).toBe('tool_crashed');
    expect(JSON.stringify(logged)).toContain('hello.behave failed unexpectedly');
    expect(await call('4', of('huge'))).toBe('output_limit');
    expect(await call('5', { tool: 'hello.none', input: {} })).toBe('tool_unknown');
    expect(await call('6', { tool: 7 })).toBe('invalid_request');
    send({ id: '7', type: 'request', method: 'tool.call', params: of('wait') });
    send({ id: '7', type: 'cancel' });
    expect((await response('7')).error?.code).toBe('cancelled');
    close();
  });

  it('ends the connection when what arrives is no frame', async () => {
    const { near, logged } = await connected();
    const closed = new Promise((resolve) => near.once('close', resolve));
    near.write(Buffer.from([0, 0, 0, 2, 0xc3, 0x28]));
    await closed;
    expect(logged).toEqual(['connection ended: what arrived is not a frame']);
  });
});

describe('a command', () => {
  it('is run from an array, with nothing of a shell', async () => {
    const { stdout, exitCode } = await runCommand(['printf', '%s|', 'a b', '$HOME', ';id', '*']);
    expect({ text: stdout.toString(), exitCode }).toEqual({ text: 'a b|$HOME|;id|*|', exitCode: 0 });
  });

  it('is bounded in output and time, and ends with all it started', async () => {
    const cut = await runCommand(['sh', '-c', 'yes | head -c 100000; echo end >&2; exit 3'], {
      outputLimitBytes: 1000,
    });
    expect({ ...cut, stdout: cut.stdout.length, durationMs: 0 }).toMatchObject({
      exitCode: 3,
      stdout: 1000,
      truncated: true,
      timedOut: false,
    });
    const late = await runCommand(['sh', '-c', 'sleep 30 & sleep 30'], { timeoutMs: 100 });
    expect({ timedOut: late.timedOut, signal: late.exitSignal }).toEqual({ timedOut: true, signal: 'SIGTERM' });
  });

  it('is cancelled, and says what is missing', async () => {
    const controller = new AbortController();
    const cancelled = runCommand(['sh', '-c', 'sleep 30'], { signal: controller.signal });
    const among = runCommand(['sleep', '30'], { signal: controller.signal, group: 'shared' });
    controller.abort();
    const rejected = { status: 'rejected', reason: expect.objectContaining({ code: 'cancelled' }) };
    expect(await Promise.allSettled([cancelled, among])).toEqual([rejected, rejected]);
    await expect(runCommand(['cavern-no-such-command'])).rejects.toMatchObject({ code: 'command_missing' });
  });

  it('waits while nobody takes its output, and loses none of it', async () => {
    let bytes = 0;
    await runCommand(['sh', '-c', 'head -c 3000000 /dev/zero'], {
      onStdout: async (chunk) => {
        bytes += chunk.length;
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    expect(bytes).toBe(3_000_000);
  });
});

it('what an operator set is in the context, and its schema in the manifest asks for nothing that has a default', async () => {
  const settings = Type.Object({ limit: Type.Integer({ default: 3 }), server: Type.String() });
  const configured = definePlugin({
    id: 'configured',
    version: '1.0.0',
    displayName: 'Configured',
    description: 'For tests',
    publisher: 'test',
    license: 'MIT',
    capabilities: [],
    settings,
    tools: {
      show: {
        description: 'Shows its settings',
        input: Type.Object({}),
        output: Type.Object({ settings: Type.Unknown() }),
        outputMode: 'value',
        effects: ['read'],
        timeoutMs: 1000,
        run: async (_input, context) => ({ settings: context.settings }),
      },
    },
  });
  const harness = new PluginHarness({ plugin: configured, workspace: tmpdir(), pluginFolder: tmpdir() });
  const { result } = await harness.call('show', {}, { settings: { limit: 7 } });
  expect([result, (await harness.call('show')).result]).toEqual([{ settings: { limit: 7 } }, { settings: {} }]);
  expect(manifestOf(configured).settings).toMatchObject({ type: 'object', required: ['server'] });
});
