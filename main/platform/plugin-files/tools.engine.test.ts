import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shell } from '../container-engine/testing/sandbox-machine.ts';
import { writeRawPlugin } from './testing.fixture.ts';
import { callWith, contextOf } from './tool-calls.fixture.ts';
import { operator, ToolsMachine } from './testing/tools-machine.ts';

const repository = resolve(import.meta.dirname, '../../..');

let machine: ToolsMachine;

async function writeOddPlugins(builtinFolder: string): Promise<void> {
  await writeRawPlugin(builtinFolder, 'silent', 'setInterval(() => {}, 1000)');
  await writeRawPlugin(
    builtinFolder,
    'liar',
    `const { Socket } = require('net'); const s = new Socket({ fd: 3 });
     const send = (f) => { const b = Buffer.from(JSON.stringify(f)); const h = Buffer.alloc(4); h.writeUInt32BE(b.length); s.write(Buffer.concat([h, b])); };
     send({ id: 'hello', type: 'event', method: 'hello', params: { api: 1, plugin: 'liar', version: '1.0.0', tools: ['liar.go'] } });
     s.on('data', (d) => { const { id, params } = JSON.parse(d.subarray(4)); if (params.input.hang) return; send({ id, type: 'response', result: { unlike: true } }); });`,
  );
}

beforeAll(async () => {
  machine = await ToolsMachine.open(writeOddPlugins);
});
afterAll(() => machine[Symbol.asyncDispose]());

describe('tools in a sandbox', () => {
  it('write into the session and not into the folder', async () => {
    const workspace = await machine.workspaceOf({ 'a.txt': 'one\n' });
    const session = await machine.started(workspace);
    const call = (name: string, input: unknown) => callWith(machine.beside, { session, name, input });
    expect(await call('fs.write', { path: 'new/b.txt', content: 'grüße' })).toEqual({
      result: { path: 'new/b.txt', created: true, sizeBytes: 7 },
      text: '',
    });
    await shell(machine.sandboxes, session, 'chmod 444 new/b.txt');
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
    await machine.sandboxes.remove(session);
  });

  it('refuse what leads out of the workspace, and the policy is told where it leads', async () => {
    const session = await machine.started(await machine.workspaceOf({ 'src/a.txt': '' }));
    await shell(machine.sandboxes, session, 'ln -s /etc out; ln -s src link');
    for (const tools of [machine.inside, machine.beside]) {
      expect(await callWith(tools, { session, name: 'fs.read', input: { path: 'out/passwd' } })).toMatchObject({
        fault: { code: 'tool_failed', data: { code: 'workspace_escape' } },
      });
    }
    const subjects = await machine.beside.subjects({
      session,
      name: 'fs.move',
      input: { from: 'link/a.txt', to: 'out/x' },
    });
    expect(subjects).toEqual([
      { syscall: 'fs.move', tool: 'fs.move', path: 'link/a.txt', resolvedPath: 'src/a.txt', tags: ['core_plugin'] },
      { syscall: 'fs.move', tool: 'fs.move', path: 'out/x', resolvedPath: '/etc', tags: ['core_plugin'] },
    ]);
    await machine.sandboxes.remove(session);
  });

  it('commit as the operator, search, and run tests', async () => {
    const workspace = await machine.workspaceOf({
      'package.json': JSON.stringify({ scripts: { test: 'node --test' } }),
      'a.test.js': `require('node:test').test('works', () => {});`,
    });
    execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd: workspace });
    const session = await machine.started(workspace);
    const call = (name: string, input: unknown) => callWith(machine.beside, { session, name, input });
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
    await machine.sandboxes.remove(session);
  });

  it('end with the call: cancelled, late, or of a plugin that lies', async () => {
    const session = await machine.started(await machine.workspaceOf({}));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const cancelled = contextOf({ signal: controller.signal });
    await shell(machine.sandboxes, session, `echo '{"scripts":{"test":"sleep 30"}}' > package.json`);
    expect(await callWith(machine.beside, { session, name: 'test.run', input: {} }, cancelled)).toMatchObject({
      fault: { code: 'cancelled' },
    });
    expect((await shell(machine.sandboxes, session, 'sleep 0.5; pgrep -x sleep | wc -l')).stdout).toBe('0\n');
    expect(await callWith(machine.beside, { session, name: 'liar.go', input: {} })).toMatchObject({
      fault: { code: 'invalid_output' },
    });
    expect(await callWith(machine.beside, { session, name: 'liar.go', input: { hang: 1 } })).toMatchObject({
      fault: { code: 'tool_timeout' },
    });
    expect(await callWith(machine.beside, { session, name: 'silent.go', input: {} })).toMatchObject({
      fault: { code: 'tool_timeout' },
    });
    expect(await callWith(machine.beside, { session, name: 'fs.stat', input: { path: '.' } })).toMatchObject({
      result: { type: 'directory' },
    });
    await machine.sandboxes.stop(session);
    expect(await callWith(machine.beside, { session, name: 'fs.stat', input: { path: '.' } })).toMatchObject({
      fault: { code: 'session_not_running' },
    });
    expect(
      await callWith(machine.beside, { session, name: 'fs.exists', input: { path: 'package.json' } }),
    ).toMatchObject({
      result: { exists: true },
    });
    await machine.sandboxes.remove(session);
  });

  it('leave nothing of what was to take a file’s place when they are killed, and what merely looks like it alone', async () => {
    const session = await machine.started(await machine.workspaceOf({ 'to.bin': 'old' }));
    const lookalike = `.cavern-${'A'.repeat(12)}`;
    await shell(machine.sandboxes, session, `touch ${lookalike}; truncate -s 1G from.bin`);
    const input = { from: 'from.bin', to: 'to.bin', overwrite: true };
    const copied = callWith(machine.beside, { session, name: 'fs.copy', input });
    const staged = `ls -A | grep '^\\.cavern-' | grep -v ${lookalike}`;
    const killed = await shell(
      machine.sandboxes,
      session,
      `until ${staged}; do :; done; pkill -9 -f '[i]ndex.cjs|[a]wait-plugin.cjs'; while ${staged}; do :; done > /dev/null; while ls -A /tmp | grep -q cavern-staged; do :; done; ls -A; cat to.bin`,
    );
    expect(await copied).toMatchObject({ fault: { code: 'tool_failed', data: { code: 'plugin_failed' } } });
    expect(killed.stdout).toMatch(new RegExp(`^\\.cavern-[\\w-]{12}\n${lookalike}\nfrom.bin\nto.bin\nold$`));
    await machine.sandboxes.remove(session);
  });

  it('leave nothing of it either where their session is stopped meanwhile', async () => {
    const session = await machine.started(await machine.workspaceOf({ 'to.bin': 'old' }));
    await shell(machine.sandboxes, session, 'truncate -s 4G from.bin');
    const input = { from: 'from.bin', to: 'to.bin', overwrite: true };
    const copied = callWith(machine.beside, { session, name: 'fs.copy', input });
    await shell(machine.sandboxes, session, `until ls -A | grep '^\\.cavern-'; do :; done`);
    await machine.sandboxes.stop(session);
    expect(await copied).toMatchObject({ fault: { code: 'sandbox_failed' } });
    expect(await readdir(machine.sandboxes.layer(session).upper)).toEqual(['from.bin']);
    await machine.sandboxes.remove(session);
  });

  it('run this project’s own unit tests', async () => {
    const session = await machine.started(repository);
    const outcome = await callWith(machine.beside, {
      session,
      name: 'test.run',
      input: { framework: 'vitest', args: ['--project=unit'], paths: ['main/base', 'schema'] },
    });
    expect(outcome).toMatchObject({ result: { framework: 'vitest', totals: { failed: 0 }, ok: true, problems: [] } });
    const { totals } = outcome.result as { totals: { passed: number } }; // as has just been matched
    expect(totals.passed).toBeGreaterThan(10);
    await machine.sandboxes.remove(session);
  });
});
