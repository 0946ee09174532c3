import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PluginHarness } from '@cavern/plugin-sdk/harness';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plugin } from './plugin.ts';

const NOT_UTF8 = Buffer.from([0x66, 0xff, 0x0a]);
let workspace: string;
let fs: PluginHarness;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'cavern-odd-'));
  fs = new PluginHarness({ plugin, workspace, pluginFolder: workspace });
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const put = (path: string, content: string | Buffer): void => {
  mkdirSync(join(workspace, path, '..'), { recursive: true });
  writeFileSync(join(workspace, path), content);
};
const at = (path: string, name: Buffer): Buffer => Buffer.concat([Buffer.from(`${join(workspace, path)}/`), name]);
// Every tool of the plugin gives an object.
const result = async (name: string, input: object): Promise<Record<string, unknown>> =>
  (await fs.call(name, input)).result as Record<string, unknown>;
const failure = async (name: string, input: object): Promise<string> => {
  try {
    await fs.call(name, input);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  return 'none';
};

describe('reading', () => {
  it('knows UTF-16 by its mark, and its lines', async () => {
    // U+0A0D and U+0D0A hold the byte of a line feed and are none.
    const lines = ['one\r\n', 'zwei \u0a0d\u0d0a ü\n', 'drei 😀'];
    put('a', Buffer.from(`\ufeff${lines.join('')}`, 'utf16le'));
    expect(await result('read', { path: 'a' })).toMatchObject({
      encoding: 'utf16le',
      content: `\ufeff${lines.join('')}`,
    });
    for (const [from, to, content] of [
      [2, 2, lines[1]],
      [3, 9, lines[2]],
      [1, 1, `\ufeff${lines[0]}`],
      [4, 5, ''],
    ] as const) {
      expect(await result('read', { path: 'a', lines: { from, to } })).toMatchObject({ encoding: 'utf16le', content });
    }
    expect(await result('read', { path: 'a', limitBytes: 5 })).toMatchObject({ content: '\ufeffo', lengthBytes: 4 });
    put('odd', Buffer.concat([Buffer.from('\ufeffa', 'utf16le'), Buffer.from([0])]));
    expect(await result('read', { path: 'odd' })).toMatchObject({ encoding: 'base64' });
    put('big-endian', Buffer.from('\ufeffa', 'utf16le').swap16());
    expect(await result('read', { path: 'big-endian' })).toMatchObject({ encoding: 'base64' });
  });

  it('keeps the mark of UTF-8, and reads Latin-1 when told', async () => {
    put('mark', '\ufeffx');
    expect(await result('read', { path: 'mark' })).toMatchObject({ encoding: 'utf8', content: '\ufeffx' });
    put('latin', Buffer.from('Gr\xfc\xdfe\n', 'latin1'));
    expect(await result('read', { path: 'latin' })).toMatchObject({ encoding: 'base64' });
    expect(await result('read', { path: 'latin', encoding: 'latin1' })).toMatchObject({ content: 'Grüße\n' });
    expect(await fs.refusal('read', { path: 'latin', encoding: 'utf8' })).toBe('not_text');
  });

  it('takes what it asks for out of five gibibytes of nothing, and counts lines only so far', async () => {
    put('huge', 'first\n');
    truncateSync(join(workspace, 'huge'), 5 * 1024 ** 3);
    expect(await result('read', { path: 'huge', lines: { from: 1, to: 1 } })).toMatchObject({ content: 'first\n' });
    expect(await result('read', { path: 'huge', offset: 5 * 1024 ** 3 - 2 })).toMatchObject({
      lengthBytes: 2,
      truncated: false,
    });
    expect(await result('read', { path: 'huge', lines: { from: 2, to: 2 }, limitBytes: 3 })).toMatchObject({
      truncated: true,
    });
    expect(await fs.refusal('read', { path: 'huge', lines: { from: 3, to: 3 } })).toBe('too_large');
    const stop = AbortSignal.abort();
    expect(await fs.refusal('read', { path: 'huge', lines: { from: 3, to: 3 } }, { signal: stop })).toBe('cancelled');
  });

  it('waits for no pipe, socket or device, and lists them', async () => {
    execFileSync('mkfifo', [join(workspace, 'pipe')]);
    const server = createServer().listen(join(workspace, 'socket'));
    await once(server, 'listening');
    for (const path of ['pipe', 'socket']) {
      expect(await fs.refusal('read', { path })).toBe('not_a_file');
      expect(await fs.refusal('write', { path, content: '' })).toBe('not_a_file');
      expect(await result('stat', { path })).toMatchObject({ type: 'other' });
    }
    expect(await result('list', {})).toMatchObject({ entries: [{ name: 'pipe', type: 'other' }, { name: 'socket' }] });
    put('tree/f', '1');
    execFileSync('mkfifo', [join(workspace, 'tree/pipe')]);
    expect(await fs.refusal('copy', { from: 'tree', to: 'copy' })).toBe('not_a_file');
    expect(existsSync(join(workspace, 'copy'))).toBe(false);
    await fs.call('remove', { path: 'tree', recursive: true });
    await fs.call('remove', { path: 'pipe' });
    server.close();
  });

  it('lists a folder of 100,000 names within bounds', async () => {
    mkdirSync(join(workspace, 'many'));
    execFileSync('sh', ['-c', 'seq 0 99999 | xargs touch'], { cwd: join(workspace, 'many') });
    const listed = await result('list', { path: 'many', limit: 10_000 });
    expect(listed).toMatchObject({ total: 100_000, truncated: true });
    const names = (listed['entries'] as { name: string }[]).map(({ name }) => name);
    expect([names.length, ...names.slice(0, 3)]).toEqual([10_000, '0', '1', '10']);
  }, 120_000);
});

describe('names that are no text', () => {
  it('come along in copies and moves, and go with what is removed', async () => {
    put('tree/new\nline', '1');
    writeFileSync(at('tree', NOT_UTF8), '2');
    symlinkSync(NOT_UTF8, at('tree', Buffer.from([0x6c, 0xfe])));
    mkdirSync(at('tree', Buffer.from([0x64, 0xfd])));
    chmodSync(join(workspace, 'tree/new\nline'), 0o751);
    await fs.call('copy', { from: 'tree', to: 'copy' });
    const names = (folder: string): string[] => readdirSync(join(workspace, folder), 'latin1').sort();
    expect(names('copy')).toEqual(names('tree'));
    expect(readFileSync(at('copy', NOT_UTF8), 'utf8')).toBe('2');
    expect(await result('stat', { path: 'copy/new\nline' })).toMatchObject({ mode: '0751' });
    expect(await result('list', { path: 'copy' })).toMatchObject({ total: 4 });
    await fs.call('remove', { path: 'copy', recursive: true });
    expect(existsSync(join(workspace, 'copy'))).toBe(false);
  });
});

describe('patching', () => {
  const PATCH = '--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n';

  it('says when only the ends of lines differ', async () => {
    put('f', 'one\r\ntwo\r\n');
    expect(await failure('patch', { path: 'f', patch: PATCH })).toContain(
      'lines end with CR LF and those of the patch',
    );
    put('f', 'one\ntwo\n');
    expect(await failure('patch', { path: 'f', patch: PATCH.replaceAll('one\n', 'one\r\n') })).toContain(
      'lines end with LF',
    );
    expect(readFileSync(join(workspace, 'f'), 'utf8')).toBe('one\ntwo\n');
  });

  it('applies without a line feed at the end, and elsewhere than the numbers say', async () => {
    put('f', 'zero\none\ntwo');
    const patch = `${PATCH.replace('-two\n', '-two\n\\ No newline at end of file\n')}\\ No newline at end of file\n`;
    expect(await result('patch', { path: 'f', patch })).toMatchObject({ change: 'modified' });
    expect(readFileSync(join(workspace, 'f'), 'utf8')).toBe('zero\none\nTWO');
  });

  it('refuses what it would leave out: renames, modes, and deleting more than it takes away', async () => {
    put('f', 'one\ntwo\n');
    const git = (head: string): string => `diff --git a/f b/f\n${head}${PATCH}`;
    for (const head of ['rename from f\nrename to g\n', 'old mode 100644\nnew mode 100755\n']) {
      expect(await fs.refusal('patch', { path: 'f', patch: git(head) })).toBe('patch_invalid');
    }
    const deletion = 'diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-one\n';
    expect(await fs.refusal('patch', { path: 'f', patch: deletion })).toBe('patch_rejected');
    expect(readFileSync(join(workspace, 'f'), 'utf8')).toBe('one\ntwo\n');
    put('f', 'one\n');
    expect(await result('patch', { path: 'f', patch: deletion })).toMatchObject({ change: 'deleted' });
  });
});

describe('changing', () => {
  it('writes under no file', async () => {
    put('f', '1');
    expect(await fs.refusal('write', { path: 'f/g', content: '' })).toBe('not_a_directory');
    expect(await fs.refusal('mkdir', { path: 'f/g' })).toBe('not_a_directory');
    expect(await fs.refusal('move', { from: 'f', to: 'f/g' })).toBe('not_a_directory');
    expect(await fs.refusal('copy', { from: 'f', to: 'f/g' })).toBe('not_a_directory');
  });

  it('replaces a link by a copy and not what it leads to', async () => {
    put('a', '1');
    put('kept', 'kept');
    symlinkSync('kept', join(workspace, 'link'));
    await fs.call('copy', { from: 'a', to: 'link', overwrite: true });
    expect(readFileSync(join(workspace, 'kept'), 'utf8')).toBe('kept');
    expect(await result('stat', { path: 'link', links: 'keep' })).toMatchObject({ type: 'file' });
    expect(readdirSync(workspace).sort()).toEqual(['a', 'kept', 'link']);
  });

  it('leaves the old or the new content wherever its process is killed', async () => {
    put('f', 'a'.repeat(3_000_000));
    const module = new URL('tools/changing.ts', import.meta.url).href;
    const program = `import { replaceFile } from ${JSON.stringify(module)};
      console.log('ready');
      for (let turn = 0; ; turn += 1) await replaceFile(${JSON.stringify(join(workspace, 'f'))}, Buffer.alloc(3_000_000, 'ab'[turn % 2]), 0o644);`;
    for (let kill = 0; kill < 8; kill += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      // Reading takes about as long as some writes, so that each kill meets another moment of one.
      for (let look = 0; look <= kill; look += 1)
        expect(new Set(readFileSync(join(workspace, 'f'), 'latin1')).size).toBe(1);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const content = readFileSync(join(workspace, 'f'), 'latin1');
      expect({ length: content.length, kinds: new Set(content).size }).toEqual({ length: 3_000_000, kinds: 1 });
    }
  });
});
