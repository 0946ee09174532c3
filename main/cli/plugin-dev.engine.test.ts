import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Plugin } from '../../plugins/sdk/src/define-plugin.ts';
import type { WasmPlugin } from '../../plugins/sdk/src/define-wasm-plugin.ts';
import { SandboxHarness } from '../../plugins/sdk/src/sandbox-harness.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');
const cli = join(repository, 'out', 'cli', 'index.js');
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let folder = '';
const env = () => ({ ...process.env, CAVERN_HOME: join(folder, 'home') });

async function cavern(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { cwd: folder, env: env() });
  return stdout;
}

/** The documents of a running `plugin dev`, one after the other. */
class Development {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #documents: AsyncIterator<string>;

  constructor(...args: string[]) {
    this.#process = spawn(process.execPath, [cli, 'plugin', 'dev', ...args, '--json'], { cwd: folder, env: env() });
    this.#process.stderr.resume();
    this.#documents = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** The next document of that state. What failed while a file was being saved may stand before it, and twice. */
  async until(state: 'offered' | 'consent_needed' | 'failed'): Promise<unknown> {
    for (;;) {
      const { value, done } = await this.#documents.next();
      if (done === true) throw new Error(`The development has ended before anything was ${state}`);
      const document = JSON.parse(value) as { state: string }; // one document a line
      if (document.state === state) return document;
    }
  }

  answer(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  async interrupted(): Promise<number | null> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGINT');
    const [code] = await exited;
    return code;
  }

  kill(): void {
    if (this.#process.exitCode === null) this.#process.kill('SIGKILL');
  }
}

const count = () => join(folder, 'words/src/count.ts');
const pluginFile = () => join(folder, 'words/src/plugin.ts');

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  // In one step, as editors do it.
  const fresh = join(folder, 'fresh.ts');
  await writeFile(fresh, text.replace(from, to));
  await rename(fresh, file);
}

async function call(session: string): Promise<unknown> {
  return JSON.parse(await cavern('tool', 'call', 'words.count', '{"path":"a.txt"}', '--session', session));
}

async function states(): Promise<Record<string, string>> {
  const { plugins } = JSON.parse(await cavern('plugin', 'list', '--json')) as {
    plugins: { id: string; state: string; development?: string }[];
  }; // the command's document
  return Object.fromEntries(plugins.map(({ id, state, development }) => [id, development ?? state]));
}

let development: Development | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-dev-test-'));
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'home'), { mode: 0o711 });
  await mkdir(join(folder, 'work'));
  await writeFile(join(folder, 'work/a.txt'), 'one two\nthree\n');
  const policy = await readFile(join(repository, 'profiles/policy.yaml'), 'utf8');
  const rule = '\n  - { name: words, match: { syscall: words.count }, action: allow }\n';
  await writeFile(join(folder, 'home/policy.yaml'), `${policy}${rule}`);
});
afterAll(async () => {
  development?.kill();
  const { sessions } = JSON.parse(await cavern('session', 'list', '--json')) as { sessions: { id: string }[] };
  for (const { id } of sessions) await cavern('session', 'rm', id);
  await rm(folder, { recursive: true, force: true });
});

test('a plugin under development follows what is saved, asks again for more, and is gone without a trace at the end', async () => {
  await cavern('plugin', 'new', 'words', '--publisher', 'Acme tools');
  await cavern('run', '--keep', 'work', '--', 'true');
  const { sessions } = JSON.parse(await cavern('session', 'list', '--json')) as { sessions: { id: string }[] };
  const session = sessions[0]?.id ?? '';

  development = new Development('words');
  expect(await development.until('consent_needed')).toMatchObject({
    inspection: { mayDo: ['It may read every file of the workspace.'] },
  });
  expect(await states()).not.toHaveProperty('words');
  development.answer('y');
  await development.until('offered');
  expect(await states()).toHaveProperty('words', join(folder, 'words'));
  expect(await call(session)).toEqual({ words: 3 });

  // Saved: the next call is answered by the new code, in a sandbox of its own.
  await edit(count(), 'return { words };', 'return { words: words * 100 };');
  await development.until('offered');
  expect(await call(session)).toEqual({ words: 300 });

  // What it did not mean to throw is in its log, by the file and line that its author wrote.
  await edit(count(), 'return { words: words * 100 };', "throw new TypeError('no words');");
  await development.until('offered');
  await expect(call(session)).rejects.toMatchObject({ stderr: expect.stringContaining('no words') as string });
  const thrownAt = (await readFile(count(), 'utf8')).split('\n').findIndex((line) => line.includes('no words')) + 1;
  expect(await cavern('plugin', 'log', 'words')).toMatch(
    new RegExp(
      `Z error words.count failed unexpectedly\n  TypeError: no words\n  at .*\\(src/count\\.ts:${thrownAt}:11\\)\n`,
    ),
  );
  await edit(count(), "throw new TypeError('no words');", 'return { words: words * 100 };');
  await development.until('offered');
  expect(await call(session)).toEqual({ words: 300 });

  // What does not build takes nothing away.
  await edit(count(), 'words * 100', 'words * * 200');
  expect(await development.until('failed')).toMatchObject({ error: { code: 'build_failed' } });
  expect(await call(session)).toEqual({ words: 300 });
  await edit(count(), 'words * * 200', 'words * 200');
  await development.until('offered');

  // A manifest that asks for more waits for a fresh consent, and what was agreed to goes on.
  await edit(pluginFile(), "paths: ['**'] }]", "paths: ['**'] }, { name: 'process.run' }]");
  expect(await development.until('consent_needed')).toMatchObject({
    inspection: { added: ['It may run commands, inside of the sandbox.'] },
  });
  expect(await call(session)).toEqual({ words: 600 });
  development.answer('y');
  await development.until('offered');

  expect(await development.interrupted()).toBe(0);
  expect(await states()).not.toHaveProperty('words');
  expect(await readdir(join(folder, 'home/plugins'))).toEqual([]);
});

test('the harness runs a plugin’s tools in a sandbox of a home of its own, and leaves nothing behind', async () => {
  await cavern('plugin', 'new', 'tried', '--publisher', 'Acme tools', '--template', 'wasm');
  const tools = [['tried.count', {}]] as const; // a pair, not a list
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('cavern-harness-'));
  {
    await using harness = await SandboxHarness.open({
      plugin: { id: 'tried', tools: new Map(tools) } as unknown as WasmPlugin, // all that the harness needs of it
      folder: join(folder, 'tried'),
      workspace: join(folder, 'work'),
      cavern: [process.execPath, cli],
    });
    expect(await harness.call('count', { path: 'a.txt' })).toMatchObject({ result: { words: 3 } });
    expect(await harness.refusal('count', { path: 'none.txt' })).toBe('tool_failed');
    expect(await harness.refusal('count', { file: 'a.txt' })).toBe('invalid_input');
  }
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith('cavern-harness-'));
  expect(left.filter((name) => !before.includes(name))).toEqual([]);
});

test('the harness gives what a tool did not mean to throw its stack, by its sources', async () => {
  await cavern('plugin', 'new', 'crashing', '--publisher', 'Acme tools');
  const source = join(folder, 'crashing/src/count.ts');
  await edit(source, 'return { words };', "throw new TypeError('no words');");
  const tools = [['crashing.count', {}]] as const; // a pair, not a list
  await using harness = await SandboxHarness.open({
    plugin: { id: 'crashing', tools: new Map(tools) } as unknown as Plugin, // all that the harness needs of it
    folder: join(folder, 'crashing'),
    workspace: join(folder, 'work'),
    cavern: [process.execPath, cli],
  });
  await expect(harness.call('count', { path: 'a.txt' })).rejects.toMatchObject({
    code: 'tool_crashed',
    cause: expect.stringMatching(/^TypeError: no words\n.*\(src\/count\.ts:\d+:11\)/) as string,
  });
});

test('a folder into which others may write is not developed in', async () => {
  const open = join(folder, 'open');
  await cavern('plugin', 'new', 'open', '--publisher', 'Acme tools');
  await chmod(open, 0o777);
  await expect(cavern('plugin', 'dev', 'open', '--yes')).rejects.toMatchObject({
    stderr: expect.stringContaining('everybody on this machine may write into it') as string,
  });
});
