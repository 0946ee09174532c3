import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionId } from '../../../schema/entities.ts';
import { systemClock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import { silentLogger } from '../../base/logger.ts';
import { directSchemaWork } from '../../kernel/tools/direct-schema-work.fixture.ts';
import { directTextWork } from '../../kernel/changes/diff/direct-text-work.fixture.ts';
import { PluginRegistry } from '../../kernel/plugins/plugin-registry.ts';
import { INSIDE } from '../../kernel/sandboxes/container-spec.ts';
import type { Sandboxes } from '../../kernel/sandboxes/sandboxes.ts';
import type { KernelSideTools } from '../../kernel/tools/ports.ts';
import { Tools } from '../../kernel/tools/tools.ts';
import { openEngine, type TestEngine } from '../container-engine/testing/engines.ts';
import { SandboxMachine, shell } from '../container-engine/testing/sandbox-machine.ts';
import { kernelSideTools } from './kernel-side-tools.ts';
import { pluginFolders } from './plugin-folders.ts';
import { buildPlugins, writeRawPlugin } from './testing.fixture.ts';
import { callWith, contextOf, signal } from './tool-calls.fixture.ts';

const repository = resolve(import.meta.dirname, '../../..');
const operator = { name: 'Ada Lovelace', email: 'ada@example.org' };

let opened: TestEngine;
let machine: SandboxMachine;
let sandboxes: Sandboxes;
let source: PluginRegistry;
/** Everything goes through the sandbox. */
let inside: Tools;
/** What can be answered beside the kernel is; `askedInside` counts what could not. */
let beside: Tools;
let askedInside = 0;

async function started(workspace: string): Promise<SessionId> {
  const session = newId<SessionId>();
  await sandboxes.start({
    session,
    workspace: await sandboxes.checkWorkspace(workspace),
    profile: 'workspace',
    signal,
  });
  return session;
}

async function workspaceOf(files: Record<string, string | Buffer>): Promise<string> {
  const workspace = join(machine.folder, `wörk "s" ${newId()}`);
  await mkdir(workspace);
  await chmod(workspace, 0o755);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(workspace, path, '..'), { recursive: true });
    await writeFile(join(workspace, path), content);
  }
  return workspace;
}

beforeAll(async () => {
  opened = await openEngine('docker');
  machine = await SandboxMachine.open({ connect: async () => opened.engine });
  const builtinFolder = join(machine.folder, 'plugins');
  await buildPlugins(builtinFolder);
  await writeRawPlugin(builtinFolder, 'silent', 'setInterval(() => {}, 1000)');
  await writeRawPlugin(
    builtinFolder,
    'liar',
    `const { Socket } = require('net'); const s = new Socket({ fd: 3 });
     const send = (f) => { const b = Buffer.from(JSON.stringify(f)); const h = Buffer.alloc(4); h.writeUInt32BE(b.length); s.write(Buffer.concat([h, b])); };
     send({ id: 'hello', type: 'event', method: 'hello', params: { api: 1, plugin: 'liar', version: '1.0.0', tools: ['liar.go'] } });
     s.on('data', (d) => { const { id, params } = JSON.parse(d.subarray(4)); if (params.input.hang) return; send({ id, type: 'response', result: { unlike: true } }); });`,
  );
  sandboxes = machine.sandboxes();
  source = new PluginRegistry({
    folders: pluginFolders(),
    builtinFolder,
    insideFolder: INSIDE.plugins,
    logger: silentLogger,
  });
  const uid = process.getuid?.() ?? 1000;
  const user = uid === 0 ? { uid: 1000, gid: 1000 } : { uid, gid: process.getgid?.() ?? 1000 };
  const real = kernelSideTools({ user, ripgrep: join(builtinFolder, 'search/bin/rg') });
  const counting: KernelSideTools = {
    resolve: (layer, paths) => real.resolve(layer, paths),
    async call(call) {
      const done = await real.call(call);
      if (done === undefined) askedInside += 1;
      return done;
    },
  };
  const never: KernelSideTools = { call: async () => undefined, resolve: (layer, paths) => real.resolve(layer, paths) };
  const texts = directTextWork;
  const options = {
    source,
    sandboxes,
    texts,
    schemas: directSchemaWork,
    operator: async () => operator,
    clock: systemClock,
    logger: silentLogger,
  };
  inside = new Tools({ ...options, kernelSide: never });
  beside = new Tools({ ...options, kernelSide: counting });
});

afterAll(async () => {
  await sandboxes[Symbol.asyncDispose]();
  await machine[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
});

describe('tools in a sandbox', () => {
  it('write into the session and not into the folder', async () => {
    const workspace = await workspaceOf({ 'a.txt': 'one\n' });
    const session = await started(workspace);
    const call = (name: string, input: unknown) => callWith(beside, { session, name, input });
    expect(await call('fs.write', { path: 'new/b.txt', content: 'grüße' })).toEqual({
      result: { path: 'new/b.txt', created: true, sizeBytes: 7 },
      text: '',
    });
    await shell(sandboxes, session, 'chmod 444 new/b.txt');
    for (const input of [
      { path: 'new/b.txt', content: 'x' },
      { path: 'new/b.txt', content: 'x', mode: 'append' },
    ]) {
      expect(await call('fs.write', input)).toMatchObject({ fault: { data: { code: 'not_permitted' } } });
    }
    await call('fs.move', { from: 'new', to: 'moved' });
    expect(await call('fs.read', { path: 'moved/b.txt' })).toMatchObject({ result: { content: 'grüße' } });
    expect(await call('fs.read', { path: 'new/b.txt' })).toMatchObject({
      fault: { code: 'tool_failed', data: { code: 'not_found' } },
    });
    expect(execFileSync('find', [workspace, '-type', 'f']).toString()).toBe(`${workspace}/a.txt\n`);
    await sandboxes.remove(session);
  });

  it('refuse what leads out of the workspace, and the policy is told where it leads', async () => {
    const session = await started(await workspaceOf({ 'src/a.txt': '' }));
    await shell(sandboxes, session, 'ln -s /etc out; ln -s src link');
    for (const tools of [inside, beside]) {
      expect(await callWith(tools, { session, name: 'fs.read', input: { path: 'out/passwd' } })).toMatchObject({
        fault: { code: 'tool_failed', data: { code: 'workspace_escape' } },
      });
    }
    const subjects = await beside.subjects({ session, name: 'fs.move', input: { from: 'link/a.txt', to: 'out/x' } });
    expect(subjects).toEqual([
      { syscall: 'fs.move', tool: 'fs.move', path: 'link/a.txt', resolvedPath: 'src/a.txt', tags: ['core_plugin'] },
      { syscall: 'fs.move', tool: 'fs.move', path: 'out/x', resolvedPath: '/etc', tags: ['core_plugin'] },
    ]);
    await sandboxes.remove(session);
  });

  it('commit as the operator, search, and run tests', async () => {
    const workspace = await workspaceOf({
      'package.json': JSON.stringify({ scripts: { test: 'node --test' } }),
      'a.test.js': `require('node:test').test('works', () => {});`,
    });
    execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd: workspace });
    const session = await started(workspace);
    const call = (name: string, input: unknown) => callWith(beside, { session, name, input });
    expect(await call('git.add', { paths: ['.'] })).toMatchObject({
      result: { staged: ['a.test.js', 'package.json'] },
    });
    expect(await call('git.commit', { message: 'first' })).toMatchObject({
      result: { branch: 'main', commit: { subject: 'first', author: operator } },
    });
    expect(await call('git.log', {})).toMatchObject({ result: { commits: [{ subject: 'first' }] } });
    expect(await call('search.grep', { pattern: 'works' })).toMatchObject({
      result: { matches: [{ path: 'a.test.js', line: 1 }] },
      text: expect.stringContaining('a.test.js:1:') as string,
    });
    const run = await call('test.run', {});
    expect(run).toMatchObject({ result: { framework: 'node', ok: true, tests: [{ name: 'works', state: 'passed' }] } });
    expect(run.text).toContain('works');
    await sandboxes.remove(session);
  });

  it('end with the call: cancelled, late, or of a plugin that lies', async () => {
    const session = await started(await workspaceOf({}));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const cancelled = contextOf({ signal: controller.signal });
    await shell(sandboxes, session, `echo '{"scripts":{"test":"sleep 30"}}' > package.json`);
    expect(await callWith(beside, { session, name: 'test.run', input: {} }, cancelled)).toMatchObject({
      fault: { code: 'cancelled' },
    });
    expect((await shell(sandboxes, session, 'sleep 0.5; pgrep -x sleep | wc -l')).stdout).toBe('0\n');
    expect(await callWith(beside, { session, name: 'liar.go', input: {} })).toMatchObject({
      fault: { code: 'invalid_output' },
    });
    expect(await callWith(beside, { session, name: 'liar.go', input: { hang: 1 } })).toMatchObject({
      fault: { code: 'tool_timeout' },
    });
    expect(await callWith(beside, { session, name: 'silent.go', input: {} })).toMatchObject({
      fault: { code: 'tool_timeout' },
    });
    expect(await callWith(beside, { session, name: 'fs.stat', input: { path: '.' } })).toMatchObject({
      result: { type: 'directory' },
    });
    await sandboxes.stop(session);
    expect(await callWith(beside, { session, name: 'fs.stat', input: { path: '.' } })).toMatchObject({
      fault: { code: 'session_not_running' },
    });
    expect(await callWith(beside, { session, name: 'fs.exists', input: { path: 'package.json' } })).toMatchObject({
      result: { exists: true },
    });
    await sandboxes.remove(session);
  });

  it('run this project’s own unit tests', async () => {
    const session = await started(repository);
    const outcome = await callWith(beside, {
      session,
      name: 'test.run',
      input: { framework: 'vitest', args: ['--project=unit'], paths: ['main/base', 'schema'] },
    });
    expect(outcome).toMatchObject({ result: { framework: 'vitest', totals: { failed: 0 }, ok: true, problems: [] } });
    const { totals } = outcome.result as { totals: { passed: number } }; // as has just been matched
    expect(totals.passed).toBeGreaterThan(10);
    await sandboxes.remove(session);
  });
});

describe('beside the kernel and in the sandbox', () => {
  it('reading gives the same to the byte, whatever the session did', async () => {
    const workspace = await workspaceOf({
      'src/a.txt': 'one\ntwo\n',
      'src/b.bin': Buffer.from([0, 255, 1]),
      'src/deep/c.txt': 'c',
      'gone/x': 'x',
      'replaced/old': 'old',
      'becomes-file/x': 'x',
      '.env': 'SECRET=1',
      'src/.env.local': 'SECRET=2',
      'big.txt': 'line of text\n'.repeat(200_000),
      'utf16.txt': Buffer.from('\ufeffone\r\nzwei \u0a0d ü\n', 'utf16le'),
      'mark.txt': '\ufeffx',
      'latin.txt': Buffer.from('Gr\xfc\xdfe', 'latin1'),
      'cut.txt': 'aüü😀',
      'no-end.txt': 'one\ntwo',
      'new\nline.txt': '1',
      chain0: 'end of the chain',
    });
    await writeFile(Buffer.concat([Buffer.from(`${workspace}/src/`), Buffer.from([0x66, 0xff])]), 'not utf-8');
    const session = await started(workspace);
    await shell(
      sandboxes,
      session,
      `set -e; echo more >> src/a.txt; rm -r gone; rm -r replaced; mkdir replaced; echo new > replaced/new; rm -r becomes-file; echo f > becomes-file
       ln -s src/a.txt link; ln -s /workspace/src dirlink; ln -s nowhere dangling; ln -s ../../etc up; ln -s loop loop; mkfifo pipe; mkdir -p fresh/deep; truncate -s 5G huge; mkdir many; cd many; seq 12000 | xargs touch; cd ..
       node -e 'require("net").createServer().listen("socket", () => process.exit())'
       for n in $(seq 45); do ln -s chain$((n - 1)) chain$n; done; touch fresh/deep/f
       echo private > closed; chmod 000 closed; echo s > src/.env.new; mv src/deep src/shallow; chmod 600 src/b.bin`,
    );
    const paths = [
      '.',
      'src',
      'src/a.txt',
      'src/b.bin',
      'src/deep',
      'src/shallow',
      'src/shallow/c.txt',
      'gone',
      'gone/x',
      'replaced',
      'replaced/old',
      'replaced/new',
      'becomes-file',
      'becomes-file/x',
      'link',
      'link/x',
      'dirlink',
      'dirlink/a.txt',
      'dangling',
      'up',
      'up/passwd',
      'loop',
      'chain39',
      'chain45',
      'pipe',
      'socket',
      'huge',
      'many',
      'utf16.txt',
      'mark.txt',
      'latin.txt',
      'cut.txt',
      'no-end.txt',
      'new\nline.txt',
      'fresh/deep',
      'closed',
      '.env',
      'src/.env.local',
      'src/.env.new',
      'big.txt',
      '/workspace/src/a.txt',
      '/workspace',
      'src/../link',
      'src/f\uFFFD',
      '../x',
      '/etc/passwd',
    ];
    const calls = paths.flatMap((path) =>
      ['fs.read', 'fs.list', 'fs.exists'].map((name) => ({ session, name, input: { path } as object })),
    );
    calls.push(
      { session, name: 'fs.read', input: { path: 'big.txt', offset: 1000, limitBytes: 50 } },
      { session, name: 'fs.read', input: { path: 'big.txt', lines: { from: 150_000, to: 150_003 } } },
      { session, name: 'fs.read', input: { path: 'src/b.bin', encoding: 'latin1' } },
      { session, name: 'fs.list', input: { limit: 3 } },
      { session, name: 'fs.list', input: { path: 'many', limit: 10_000 } },
    );
    const ranges: object[] = [
      ...[0, 1, 2, 3, 4, 5, 6, 100].map((limitBytes) => ({ path: 'cut.txt', limitBytes: limitBytes || 1 })),
      ...[0, 4, 8, 9, 1_000_000].map((offset) => ({ path: 'no-end.txt', offset })),
      { path: 'no-end.txt', lines: { from: 2, to: 2 } },
      { path: 'no-end.txt', lines: { from: 3, to: 9 } },
      { path: 'no-end.txt', lines: { from: 2, to: 1 } },
      { path: 'utf16.txt', lines: { from: 2, to: 2 } },
      { path: 'utf16.txt', limitBytes: 5 },
      { path: 'utf16.txt', encoding: 'base64', offset: 3 },
      { path: 'latin.txt', encoding: 'utf8' },
      { path: 'latin.txt', encoding: 'latin1' },
      { path: 'huge', offset: 5 * 1024 ** 3 - 1 },
      { path: 'huge', lines: { from: 2, to: 3 } },
    ];
    calls.push(...ranges.map((input) => ({ session, name: 'fs.read', input })));
    askedInside = 0;
    for (const call of calls) {
      const outside = await callWith(beside, call);
      expect({ call: call.name, input: call.input, ...outside }).toEqual({
        call: call.name,
        input: call.input,
        ...(await callWith(inside, call)),
      });
      expect(JSON.stringify(outside)).toBe(JSON.stringify(await callWith(inside, call)));
    }
    // Only the file whose mode lets nobody in.
    expect(askedInside).toBe(1);
    await sandboxes.remove(session);
  });

  it('searching gives the same to the byte, and is left to the sandbox where files are hidden or changed', async () => {
    const files: Record<string, string> = { '.gitignore': 'out\n', 'out/x.ts': 'needle', '.hidden/y.ts': 'needle' };
    for (let index = 0; index < 200; index += 1)
      files[`d${index % 9}/f${index}.ts`] = 'hay\nneedle in hay\n'.repeat((index % 5) + 1);
    const workspace = await workspaceOf({
      ...files,
      'src/.gitignore': '*.gen.ts\n!kept.gen.ts\n',
      'src/a.gen.ts': 'needle',
      'src/kept.gen.ts': 'begin\nneedle {\n}\nafter\n',
      'src/new\nline.ts': 'needle',
      'src/latin.txt': Buffer.from('\xe9\xe9 needle \xe9\n', 'latin1'),
      'src/utf16.txt': Buffer.from('\ufeffneedle ü\n', 'utf16le'),
      'src/nul.bin': Buffer.from('needle\0needle\n'),
      'src/long.js': `${'ü'.repeat(9_000)}needle${'x'.repeat(9_000)}`,
    });
    await mkdir(join(workspace, '.git'));
    const session = await started(workspace);
    const inputs = [
      ['search.grep', { pattern: 'needle' }],
      ['search.grep', { pattern: 'NEEDLE', letterCase: 'insensitive', before: 1, after: 1, limit: 20 }],
      ['search.grep', { pattern: 'hay.needle', multiline: true, globs: ['d1/**'] }],
      ['search.grep', { pattern: 'nothing like it' }],
      ['search.grep', { pattern: '(' }],
      ['search.grep', { pattern: 'needle', path: 'src', before: 2, after: 2 }],
      ['search.grep', { pattern: 'needle \\{.*?\\}', multiline: true, after: 1 }],
      ['search.grep', { pattern: 'needle', globs: ['*.{gen.ts,bin}', '!src/a*'] }],
      ['search.grep', { pattern: 'needle', globs: ['{a'] }],
      ['search.grep', { pattern: 'needle', path: 'src/nul.bin' }],
      ['search.glob', { globs: ['src/*', '!*.js'] }],
      ['search.grep', { pattern: 'needle', path: 'd3', hidden: true, ignored: true }],
      ['search.grep', { pattern: 'needle', path: 'd3/f3.ts' }],
      ['search.grep', { pattern: 'needle', path: 'none' }],
      ['search.glob', { globs: ['*.ts'] }],
      ['search.glob', { globs: ['d[12]/**'], limit: 5 }],
      ['search.glob', { globs: ['*.ts'], hidden: true, ignored: true, path: '.hidden' }],
    ] as const;
    askedInside = 0;
    for (const [name, input] of inputs) {
      const outside = await callWith(beside, { session, name, input });
      const within = await callWith(inside, { session, name, input });
      expect(JSON.stringify({ ...outside, text: '' })).toBe(JSON.stringify({ ...within, text: '' }));
    }
    expect(askedInside).toBe(0);
    await shell(sandboxes, session, 'echo needle > added.ts');
    expect(
      await callWith(beside, { session, name: 'search.grep', input: { pattern: 'needle', globs: ['added.ts'] } }),
    ).toMatchObject({
      result: { matches: [{ path: 'added.ts' }] },
    });
    expect(askedInside).toBe(1);
    await sandboxes.remove(session);
  });
});
