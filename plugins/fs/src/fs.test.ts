import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PluginHarness } from '@cavern/plugin-sdk/harness';
import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plugin } from './plugin.ts';

let workspace: string;
let fs: PluginHarness;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'cavern fs "ü" '));
  fs = new PluginHarness({ plugin, workspace, pluginFolder: workspace });
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const put = (path: string, content: string | Buffer): void => {
  mkdirSync(join(workspace, path, '..'), { recursive: true });
  writeFileSync(join(workspace, path), content);
};
const content = (path: string): string => readFileSync(join(workspace, path), 'utf8');
const result = async (name: string, input: unknown): Promise<unknown> => (await fs.call(name, input)).result;

describe('fs.read', () => {
  it('gives text as it is', async () => {
    put('a/b.txt', 'grüße\n');
    expect(await result('read', { path: 'a/../a/b.txt' })).toEqual({
      path: 'a/b.txt',
      encoding: 'utf8',
      content: 'grüße\n',
      sizeBytes: 8,
      offset: 0,
      lengthBytes: 8,
      truncated: false,
    });
  });

  it('gives what is not text as Base64', async () => {
    put('x.bin', Buffer.from([0xff, 0, 1]));
    expect(await result('read', { path: 'x.bin' })).toMatchObject({ encoding: 'base64', content: '/wAB' });
    expect(await fs.refusal('read', { path: 'x.bin', encoding: 'utf8' })).toBe('not_text');
  });

  it('cuts at a whole character and says so', async () => {
    put('u.txt', 'aü€😀');
    const contents = [1, 2, 3, 4, 5, 6, 7, 9, 10].map((limitBytes) => result('read', { path: 'u.txt', limitBytes }));
    expect((await Promise.all(contents)).map((each) => (each as { content: string }).content)).toEqual([
      'a',
      'a',
      'aü',
      'aü',
      'aü',
      'aü€',
      'aü€',
      'aü€',
      'aü€😀',
    ]);
    expect(await result('read', { path: 'u.txt', limitBytes: 2 })).toMatchObject({ lengthBytes: 1, truncated: true });
  });

  it('reads a range of bytes and one that lies behind the end', async () => {
    put('r.txt', '0123456789');
    expect(await result('read', { path: 'r.txt', offset: 3, limitBytes: 4 })).toMatchObject({
      content: '3456',
      truncated: true,
    });
    expect(await result('read', { path: 'r.txt', offset: 99 })).toMatchObject({
      content: '',
      lengthBytes: 0,
      truncated: false,
    });
  });

  it('reads the lines that were asked for, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'ü', ' '), maxLength: 5 }), { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 35 }),
        fc.integer({ min: 0, max: 10 }),
        async (lines, ends, from, more) => {
          const text = lines.join('\n') + (ends ? '\n' : '');
          put('l.txt', text);
          const all = text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
          const wanted = all.slice(from - 1, from + more);
          expect(await result('read', { path: 'l.txt', lines: { from, to: from + more } })).toMatchObject({
            content: wanted.join(''),
            lines: { from, to: from - 1 + wanted.length },
          });
        },
      ),
      { numRuns: 100 },
    );
    const long = Array.from({ length: 100_000 }, (_, index) => `line ${index + 1}\n`);
    put('long.txt', long.join(''));
    expect(await result('read', { path: 'long.txt', lines: { from: 70_000, to: 70_001 } })).toMatchObject({
      content: 'line 70000\nline 70001\n',
      offset: long.slice(0, 69_999).join('').length,
    });
  });

  it('follows links inside and refuses those that lead out, so that no file of the host is read', async () => {
    put('real/file', 'x');
    symlinkSync('real', join(workspace, 'link'));
    symlinkSync(join(workspace, 'real'), join(workspace, 'absolute'));
    symlinkSync('/etc', join(workspace, 'etc'));
    symlinkSync('../..', join(workspace, 'real/up'));
    symlinkSync('circle', join(workspace, 'circle'));
    expect(await result('read', { path: 'link/file' })).toMatchObject({ path: 'real/file', content: 'x' });
    expect(await result('read', { path: 'absolute/file' })).toMatchObject({ path: 'real/file' });
    const paths = ['etc/passwd', 'real/up/etc/passwd', '../x', '/etc/passwd', 'a/../../x'];
    const codes = await Promise.all(paths.map((path) => fs.refusal('read', { path })));
    expect(codes).toEqual(paths.map(() => 'workspace_escape'));
    expect(await fs.refusal('read', { path: 'circle' })).toBe('symlink_loop');
  });

  it('says what a path is when it is no file', async () => {
    mkdirSync(join(workspace, 'dir'));
    put('f', '');
    execFileSync('mkfifo', [join(workspace, 'pipe')]);
    expect(await fs.refusal('read', { path: 'dir' })).toBe('not_a_file');
    expect(await fs.refusal('read', { path: 'none' })).toBe('not_found');
    expect(await fs.refusal('read', { path: 'f/x' })).toBe('not_a_directory');
    expect(await fs.refusal('read', { path: 'pipe' })).toBe('not_a_file');
    expect(await fs.refusal('read', { path: 'f', nonsense: 1 })).toBe('invalid_input');
    expect(await fs.refusal('read', { path: 'a\0b' })).toBe('invalid_input');
  });
});

describe('fs.list, fs.stat and fs.exists', () => {
  it('lists in the order of names, with sizes of files and targets of links', async () => {
    put('b', '12');
    mkdirSync(join(workspace, 'B'));
    symlinkSync('/nowhere', join(workspace, 'c'));
    writeFileSync(Buffer.concat([Buffer.from(`${workspace}/`), Buffer.from([0x64, 0xff])]), '');
    const listed = (await result('list', {})) as { entries: { modifiedAtMs?: number }[] };
    expect(listed).toEqual({
      path: '',
      entries: [
        { name: 'B', type: 'directory' },
        { name: 'b', type: 'file', sizeBytes: 2, modifiedAtMs: Math.trunc(statSync(join(workspace, 'b')).mtimeMs) },
        { name: 'c', type: 'symlink', target: '/nowhere' },
        { name: 'd\uFFFD', nameBase64: 'ZP8=', type: 'file', sizeBytes: 0, modifiedAtMs: expect.any(Number) as number },
      ],
      total: 4,
      truncated: false,
    });
    expect(await result('list', { limit: 1 })).toMatchObject({ total: 4, truncated: true, entries: [{ name: 'B' }] });
  });

  it('tells what exists, following links', async () => {
    put('f', '');
    symlinkSync('f', join(workspace, 'good'));
    symlinkSync('gone', join(workspace, 'dangling'));
    const paths = ['f', 'good', 'dangling', 'f/below', '.', 'none/below'];
    expect(await Promise.all(paths.map((path) => result('exists', { path })))).toEqual([
      { exists: true, type: 'file' },
      { exists: true, type: 'file' },
      { exists: false },
      { exists: false },
      { exists: true, type: 'directory' },
      { exists: false },
    ]);
    expect(await result('stat', { path: 'good', links: 'keep' })).toMatchObject({ type: 'symlink', target: 'f' });
    expect(await result('stat', { path: 'good' })).toMatchObject({ path: 'f', type: 'file', mode: '0644' });
  });
});

describe('fs.write', () => {
  it('creates with folders on the way, replaces with the mode kept, appends', async () => {
    expect(await result('write', { path: 'x/y/z', content: 'one' })).toEqual({
      path: 'x/y/z',
      created: true,
      sizeBytes: 3,
    });
    chmodSync(join(workspace, 'x/y/z'), 0o750);
    await fs.call('write', { path: 'x/y/z', content: 'dHdv', encoding: 'base64' });
    await fs.call('write', { path: 'x/y/z', content: '+', mode: 'append' });
    expect({ text: content('x/y/z'), mode: statSync(join(workspace, 'x/y/z')).mode & 0o777 }).toEqual({
      text: 'two+',
      mode: 0o750,
    });
    await fs.call('write', { path: 'x/y/z', content: '', executable: false });
    expect(statSync(join(workspace, 'x/y/z')).mode & 0o777).toBe(0o640);
    expect(await fs.refusal('write', { path: 'x/y/z', content: '', mode: 'create' })).toBe('exists');
    expect(await fs.refusal('write', { path: 'x/y', content: '' })).toBe('not_a_file');
    expect(await fs.refusal('write', { path: '.', content: '' })).toBe('workspace_root');
  });

  it('writes what a link inside leads to and nothing outside', async () => {
    put('target', 'old');
    symlinkSync('target', join(workspace, 'in'));
    symlinkSync('/tmp/cavern-must-not-exist', join(workspace, 'out'));
    await fs.call('write', { path: 'in', content: 'new' });
    expect({ text: content('target'), link: lstatSync(join(workspace, 'in')).isSymbolicLink() }).toEqual({
      text: 'new',
      link: true,
    });
    expect(await fs.refusal('write', { path: 'out', content: 'x' })).toBe('workspace_escape');
  });

  it('refuses redaction marks that the file did not hold, so that a reader cannot overwrite secrets it never saw', async () => {
    put('env', 'token=[redacted:old]\n');
    expect(await fs.refusal('write', { path: 'env', content: 'token=[redacted:github]\n' })).toBe('redacted_content');
    await fs.call('write', { path: 'env', content: 'name=1\ntoken=[redacted:old]\n' });
    const patch = createTwoFilesPatch('a', 'b', content('env'), 'name=[redacted:aws]\ntoken=[redacted:old]\n');
    expect(await fs.refusal('patch', { path: 'env', patch })).toBe('redacted_content');
  });
});

describe('fs.patch', () => {
  const before = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');
  const after = before.replace('line 5\n', 'five\n').replace('line 20\n', '').replace('line 29\n', 'line 29');

  it('applies a unified diff, to the byte', async () => {
    put('p', before);
    expect(await result('patch', { path: 'p', patch: createTwoFilesPatch('p', 'p', before, after) })).toEqual({
      path: 'p',
      change: 'modified',
      hunks: 2,
      added: 2,
      removed: 3,
    });
    expect(content('p')).toBe(after);
  });

  it('brings any text to any other', async () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c\r', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(text, text, async (from, to) => {
        fc.pre(from !== to);
        put('q', from);
        await fs.call('patch', { path: 'q', patch: createTwoFilesPatch('q', 'q', from, to) });
        expect(content('q')).toBe(to);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a hunk that does not match and leaves the file as it was', async () => {
    const changed = before.replace('line 20', 'LINE 20');
    put('p', changed);
    expect(await fs.refusal('patch', { path: 'p', patch: createTwoFilesPatch('p', 'p', before, after) })).toBe(
      'patch_rejected',
    );
    expect(content('p')).toBe(changed);
  });

  it('creates and deletes', async () => {
    const creation = createTwoFilesPatch('/dev/null', 'n', '', 'hello\n');
    expect(await result('patch', { path: 'n/n', patch: creation })).toMatchObject({ change: 'created' });
    expect(await fs.refusal('patch', { path: 'n/n', patch: creation })).toBe('exists');
    await fs.call('patch', { path: 'n/n', patch: createTwoFilesPatch('n', '/dev/null', 'hello\n', '') });
    expect(await result('exists', { path: 'n/n' })).toEqual({ exists: false });
  });

  it('refuses a patch of several files, whose paths nobody judged', async () => {
    put('p', 'a\n');
    const patch = createTwoFilesPatch('p', 'p', 'a\n', 'b\n') + createTwoFilesPatch('q', 'q', 'a\n', 'b\n');
    expect(await fs.refusal('patch', { path: 'p', patch })).toBe('patch_invalid');
    expect(await fs.refusal('patch', { path: 'p', patch: 'hello' })).toBe('patch_invalid');
  });
});

describe('fs.move, fs.copy, fs.remove and fs.mkdir', () => {
  it('moves and copies trees, links as links', async () => {
    put('d/f', '1');
    symlinkSync('/etc/passwd', join(workspace, 'd/l'));
    await fs.call('copy', { from: 'd', to: 'e/d' });
    await fs.call('move', { from: 'd', to: 'g' });
    expect(await result('list', { path: 'e/d' })).toMatchObject({
      entries: [{ name: 'f' }, { name: 'l', target: '/etc/passwd' }],
    });
    expect(await result('list', { path: '.' })).toMatchObject({ entries: [{ name: 'e' }, { name: 'g' }] });
  });

  it('replaces only when told, and never moves a folder into itself', async () => {
    put('a', '1');
    put('b', '2');
    put('d/x', '');
    expect(await fs.refusal('move', { from: 'a', to: 'b' })).toBe('exists');
    await fs.call('move', { from: 'a', to: 'b', overwrite: true });
    expect(content('b')).toBe('1');
    expect(await fs.refusal('move', { from: 'd', to: 'd/e' })).toBe('invalid_target');
    expect(await fs.refusal('copy', { from: 'b', to: 'd', overwrite: true })).toBe('exists');
    expect(await fs.refusal('copy', { from: 'none', to: 'c' })).toBe('not_found');
  });

  it('removes a link and not what it leads to, a full folder only when told', async () => {
    put('d/f', '');
    symlinkSync('d', join(workspace, 'l'));
    expect(await fs.refusal('remove', { path: 'd' })).toBe('exists');
    await fs.call('remove', { path: 'l' });
    expect(content('d/f')).toBe('');
    expect(await result('remove', { path: 'd', recursive: true })).toEqual({ path: 'd', type: 'directory' });
    expect(await fs.refusal('remove', { path: 'd' })).toBe('not_found');
    expect(await fs.refusal('remove', { path: '.', recursive: true })).toBe('workspace_root');
  });

  it('makes folders, and again without failing', async () => {
    expect(await result('mkdir', { path: 'a/b' })).toEqual({ path: 'a/b', created: true });
    expect(await result('mkdir', { path: 'a/b' })).toEqual({ path: 'a/b', created: false });
    put('f', '');
    expect(await fs.refusal('mkdir', { path: 'f' })).toBe('exists');
  });
});
