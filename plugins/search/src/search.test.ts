import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PluginHarness } from '@cavern/plugin-sdk/harness';
import { rgPath } from '@vscode/ripgrep';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plugin } from './plugin.ts';

let workspace: string;
let search: PluginHarness;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'cavern-search-'));
  // The binary of this platform lies in <package>/bin, as it does in a staged plugin.
  search = new PluginHarness({ plugin, workspace, pluginFolder: dirname(dirname(rgPath)) });
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const put = (path: string, content: string | Buffer): void => {
  mkdirSync(join(workspace, path, '..'), { recursive: true });
  writeFileSync(join(workspace, path), content);
};
const result = async (name: string, input: unknown): Promise<Record<string, unknown>> =>
  (await search.call(name, input)).result as Record<string, unknown>; // both tools give objects
const found = async (input: object): Promise<string[]> =>
  ((await result('grep', input))['matches'] as { path: string; line: number }[]).map(
    ({ path, line }) => `${path}:${line}`,
  );

describe('search.grep', () => {
  it('gives each line with what matched in it, and the same as live text', async () => {
    put('b.txt', 'x\nfoo and foo\n');
    put('a/a.txt', 'foo\r\n');
    const { result: answer, output } = await search.call('grep', { pattern: 'fo+' });
    expect(answer).toEqual({
      matches: [
        { path: 'a/a.txt', line: 1, text: 'foo', ranges: [{ start: 0, end: 3 }], before: [], after: [] },
        {
          path: 'b.txt',
          line: 2,
          text: 'foo and foo',
          ranges: [
            { start: 0, end: 3 },
            { start: 8, end: 11 },
          ],
          before: [],
          after: [],
        },
      ],
      files: 2,
      truncated: false,
      warnings: [],
    });
    expect(output.split('\n').sort()).toEqual(['', 'a/a.txt:1:foo', 'b.txt:2:foo and foo']);
  });

  it('knows literals, cases, words, lines and globs', async () => {
    put('a.ts', 'a.b\naXb\nFoo\nfoobar\none\ntwo\n');
    put('a.js', 'a.b\n');
    expect(await found({ pattern: 'a.b', globs: ['*.ts'] })).toEqual(['a.ts:1', 'a.ts:2']);
    expect(await found({ pattern: 'a.b', syntax: 'literal' })).toEqual(['a.js:1', 'a.ts:1']);
    expect(await found({ pattern: 'foo', letterCase: 'insensitive', wholeWords: true })).toEqual(['a.ts:3']);
    expect(await found({ pattern: 'foo', letterCase: 'smart' })).toEqual(['a.ts:3', 'a.ts:4']);
    expect(await found({ pattern: 'one.two', multiline: true })).toEqual(['a.ts:5']);
    expect(await found({ pattern: '(?<=foo)bar', syntax: 'pcre2' })).toEqual(['a.ts:4']);
    expect(await found({ pattern: '-x' })).toEqual([]);
    expect(await found({ pattern: 'a', globs: ['!*.ts'] })).toEqual(['a.js:1']);
  });

  it('leaves out ignored and hidden files, unless it is told not to, and never shows the repository', async () => {
    mkdirSync(join(workspace, '.git'));
    put('.git/config', 'needle');
    put('.gitignore', 'out/\n');
    put('out/a', 'needle');
    put('.hidden', 'needle');
    put('sub/b', 'needle');
    expect(await found({ pattern: 'needle' })).toEqual(['sub/b:1']);
    expect(await found({ pattern: 'needle', hidden: true })).toEqual(['.hidden:1', 'sub/b:1']);
    expect(await found({ pattern: 'needle', hidden: true, ignored: true })).toEqual([
      '.hidden:1',
      'out/a:1',
      'sub/b:1',
    ]);
    expect(await found({ pattern: 'needle', path: 'sub' })).toEqual(['sub/b:1']);
  });

  it('gives context around matches', async () => {
    put('c', 'one\ntwo\nMATCH\nfour\nfive\nsix\nMATCH\n');
    expect(await result('grep', { pattern: 'MATCH', before: 1, after: 2 })).toMatchObject({
      matches: [
        {
          line: 3,
          before: [{ line: 2, text: 'two' }],
          after: [
            { line: 4, text: 'four' },
            { line: 5, text: 'five' },
          ],
        },
        { line: 7, before: [{ line: 6, text: 'six' }], after: [] },
      ],
    });
  });

  it('cuts at its limit, always at the same place, and cuts long lines', async () => {
    for (let index = 0; index < 300; index += 1) put(`d${index % 7}/f${index}`, 'needle\n'.repeat(10));
    const first = await result('grep', { pattern: 'needle', limit: 50 });
    expect(first).toMatchObject({ truncated: true, files: 5 });
    for (let round = 0; round < 3; round += 1)
      expect(await result('grep', { pattern: 'needle', limit: 50 })).toEqual(first);
    expect(await found({ pattern: 'needle', limitPerFile: 1, limit: 1000 })).toHaveLength(300);
    put('long', `needle2${'x'.repeat(100_000)}`);
    const { matches } = (await result('grep', { pattern: 'needle2' })) as { matches: { text: string }[] };
    expect(matches[0]?.text).toHaveLength(2001);
  });

  it('does not follow links, and refuses to start outside of the workspace', async () => {
    symlinkSync('/etc', join(workspace, 'etc'));
    put('a', 'root');
    expect(await found({ pattern: 'root' })).toEqual(['a:1']);
    expect(await search.refusal('grep', { pattern: 'root', path: 'etc' })).toBe('workspace_escape');
    expect(await search.refusal('grep', { pattern: 'root', path: 'none' })).toBe('not_found');
  });

  it('says that a pattern is wrong', async () => {
    expect(await search.refusal('grep', { pattern: '(' })).toBe('invalid_pattern');
    expect(await search.refusal('grep', { pattern: 'x', globs: ['{a'] })).toBe('invalid_pattern');
  });

  it('reads names and content that are not UTF-8', async () => {
    put('latin', Buffer.from('caf\xe9 needle\n', 'latin1'));
    expect(await result('grep', { pattern: 'needle' })).toMatchObject({ matches: [{ text: 'caf\uFFFD needle' }] });
  });

  it('ends with the call that is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    expect(await search.refusal('grep', { pattern: 'x' }, { signal: controller.signal })).toBe('cancelled');
  });
});

describe('search.glob', () => {
  it('finds files by ripgrep’s rules, in order', async () => {
    put('.gitignore', 'dist\n');
    mkdirSync(join(workspace, '.git'));
    for (const path of ['src/a.ts', 'src/deep/b.ts', 'c.ts', 'c.js', 'dist/d.ts', '.e/e.ts']) put(path, '');
    expect(await result('glob', { globs: ['*.ts'] })).toEqual({
      paths: ['c.ts', 'src/a.ts', 'src/deep/b.ts'],
      total: 3,
      truncated: false,
      warnings: [],
    });
    expect((await result('glob', { globs: ['src/*.ts'] }))['paths']).toEqual(['src/a.ts']);
    expect((await result('glob', { globs: ['*.ts', '!c.ts'], hidden: true, ignored: true }))['paths']).toEqual([
      '.e/e.ts',
      'dist/d.ts',
      'src/a.ts',
      'src/deep/b.ts',
    ]);
    expect(await result('glob', { globs: ['*.ts'], limit: 2 })).toMatchObject({
      total: 3,
      truncated: true,
      paths: ['c.ts', 'src/a.ts'],
    });
    expect((await result('glob', { globs: ['*.ts'], path: 'src/deep' }))['paths']).toEqual(['src/deep/b.ts']);
    expect((await result('glob', { globs: ['*.none'] }))['paths']).toEqual([]);
  });

  it('shows the first names as they come, whole, and ends when it is cancelled', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `ordner-${index % 7}/größe-${index}.ts`);
    for (const name of names) put(name, '');
    const texts: string[] = [];
    const { output } = await search.call('glob', { globs: ['*.ts'] }, { onOutput: (text) => texts.push(text) });
    const shown = output.trimEnd().split('\n');
    expect(shown).toHaveLength(100);
    expect(shown.filter((name) => !names.includes(name))).toEqual([]);
    expect(texts.join('')).toBe(output);
    const stop = new AbortController();
    const cancelled = search.refusal(
      'glob',
      { globs: ['*.ts'] },
      { signal: stop.signal, onOutput: () => stop.abort() },
    );
    expect(await cancelled).toBe('cancelled');
  });
});
