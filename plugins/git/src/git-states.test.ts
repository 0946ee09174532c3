import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PluginHarness } from '@cavern/plugin-sdk/harness';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plugin } from './plugin.ts';

const operator = { name: 'Ada Lovelace', email: 'ada@example.org' };
const IDENTITY = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.org', '-c', 'protocol.file.allow=always'];
let folder: string;
let workspace: string;
let git: PluginHarness;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-git-states-'));
  workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  git = new PluginHarness({ plugin, workspace, pluginFolder: workspace });
  plain('init', '--quiet', '--initial-branch=main');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function plain(...args: string[]): string {
  return execFileSync('git', [...IDENTITY, ...args], {
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).toString();
}

/** Git, where it is to stop in the middle. */
function stopped(...args: string[]): void {
  expect(() => plain(...args)).toThrow();
}

function put(path: string | Buffer, content: string | Buffer): void {
  if (typeof path === 'string') mkdirSync(join(workspace, path, '..'), { recursive: true });
  writeFileSync(typeof path === 'string' ? join(workspace, path) : path, content);
}

function committed(path: string, content: string, message = path): void {
  put(path, content);
  plain('add', '-A');
  plain('commit', '-qm', message);
}

// Every tool of the plugin gives an object.
const result = async (name: string, input: object = {}): Promise<Record<string, unknown>> =>
  (await git.call(name, input, { operator })).result as Record<string, unknown>;

/** Two branches that changed the same line. */
function fork(): void {
  committed('a', 'base\n');
  plain('checkout', '-qb', 'theirs');
  committed('a', 'theirs\n', 'theirs');
  plain('checkout', '-q', 'main');
  committed('a', 'ours\n', 'ours');
}

describe('a repository in the middle of something', () => {
  it.each([
    ['merge', ['merge', 'theirs']],
    ['rebase', ['rebase', 'theirs']],
    ['cherry-pick', ['cherry-pick', 'theirs']],
  ])('%s: says so, and which files wait', async (operation, command) => {
    fork();
    expect(await result('status')).not.toHaveProperty('operation');
    stopped(...command);
    expect(await result('status')).toMatchObject({
      operation,
      branch: { head: operation === 'rebase' ? null : 'main' },
      entries: [{ path: 'a', state: 'unmerged', index: 'U', worktree: 'U' }],
    });
    expect(await result('diff')).toMatchObject({ total: 1, patch: expect.stringContaining('<<<<<<<') as string });
    expect(await git.refusal('commit', { message: 'too soon' }, { operator })).toBe('git_failed');
    expect(await git.refusal('stash', { action: 'push' }, { operator })).toBe('git_failed');
    put('a', 'both\n');
    await result('add', { paths: ['a'] });
    if (operation !== 'merge') return;
    const { commit } = await result('commit', { message: 'merged' });
    expect((commit as { parents: string[] }).parents).toHaveLength(2);
    expect(await result('show')).toMatchObject({ difference: { files: [{ path: 'a', added: 1, removed: 1 }] } });
  });

  it('detached: without a branch, and commits are none’s', async () => {
    committed('a', '1');
    plain('checkout', '-q', '--detach');
    put('a', '2');
    expect(await result('commit', { message: 'x', all: true })).toMatchObject({ branch: null });
    expect(await result('status')).toMatchObject({ branch: { head: null } });
    expect(await result('branch')).toMatchObject({ branches: [{ name: 'main', current: false }], total: 1 });
  });

  it('unborn: every tool answers or says what is missing', async () => {
    expect(await result('branch')).toEqual({ branches: [], total: 0, truncated: false });
    expect(await result('stash')).toEqual({ stashes: [] });
    expect(await git.refusal('show', {})).toBe('git_failed');
    put('a', '1');
    await result('add', { paths: ['a'] });
    expect(await result('diff', { staged: true })).toMatchObject({ files: [{ path: 'a', status: 'A' }] });
    expect(await git.refusal('stash', { action: 'push' }, { operator })).toBe('git_failed');
    expect(await git.refusal('branch', { action: 'create', name: 'x' })).toBe('git_failed');
  });
});

describe('a repository of a form of its own', () => {
  it('shallow', async () => {
    for (const name of ['a', 'b', 'c']) committed(name, name);
    execFileSync('git', ['clone', '--quiet', '--depth=2', `file://${workspace}`, join(folder, 'clone')]);
    const clone = new PluginHarness({ plugin, workspace: join(folder, 'clone'), pluginFolder: folder });
    const { result: log } = await clone.call('log');
    expect(log).toMatchObject({ commits: [{ subject: 'c' }, { subject: 'b', parents: [] }], more: false });
    const { result: shown } = await clone.call('show', { ref: 'HEAD~1' });
    expect(shown).toMatchObject({ difference: { total: 2 } });
  });

  it('sparse: files that are left out are not deleted ones', async () => {
    committed('in/a', '1');
    committed('out/b', '1');
    plain('sparse-checkout', 'set', 'in');
    expect(existsSync(join(workspace, 'out/b'))).toBe(false);
    expect(await result('status')).toMatchObject({ entries: [] });
    put('in/a', '2');
    await result('commit', { message: 'x', all: true });
    expect(await result('show')).toMatchObject({ difference: { total: 1, files: [{ path: 'in/a' }] } });
    expect(plain('ls-tree', '-r', '--name-only', 'HEAD').split('\n')).toContain('out/b');
  });

  it('with submodules: another commit in one is shown and staged, what is changed in its files is for a call about it', async () => {
    const inner = join(folder, 'inner');
    execFileSync('git', ['init', '--quiet', inner]);
    execFileSync('git', [...IDENTITY, '-C', inner, 'commit', '--allow-empty', '-qm', '1']);
    plain('submodule', '--quiet', 'add', inner, 'sub/inner');
    plain('commit', '-qm', 'with it');
    put('sub/inner/f', 'x');
    expect(await result('status')).toMatchObject({ entries: [] });
    expect(await result('status', { repository: 'sub/inner' })).toMatchObject({ entries: [{ path: 'sub/inner/f' }] });
    await result('add', { repository: 'sub/inner', paths: ['sub/inner/f'] });
    await result('commit', { repository: 'sub/inner', message: '2' });
    expect(await result('status')).toMatchObject({ entries: [{ path: 'sub/inner', worktree: 'M' }] });
    expect(await result('diff')).toMatchObject({ patch: expect.stringContaining('+Subproject commit') as string });
    expect(await result('add', { paths: ['sub'] })).toEqual({ staged: ['sub/inner'], total: 1 });
    expect(await result('commit', { message: '3', all: true })).toMatchObject({ commit: { subject: '3' } });
    rmSync(join(workspace, 'sub/inner'), { recursive: true });
    expect(await result('status')).toMatchObject({ entries: [{ path: 'sub/inner', worktree: 'D' }] });
  });

  it('with names in odd letters and bytes', async () => {
    const names = ['new\nline', 'tab\t"quote"', 'ü 😀', ':(top)x', '-rf', 'back\\slash'];
    for (const name of names) put(name, '1\n');
    put(Buffer.concat([Buffer.from(`${workspace}/`), Buffer.from([0x62, 0xff])]), '1\n');
    expect((await result('status'))['total']).toBe(7);
    await result('add', { paths: names });
    const { staged } = await result('add', { paths: ['.'] });
    expect(staged).toEqual(expect.arrayContaining([...names, 'b\uFFFD']));
    await result('commit', { message: 'x' });
    for (const name of names) {
      expect(await result('blame', { path: name })).toMatchObject({ lines: [{ text: '1' }] });
      expect(await result('log', { paths: [name] })).toMatchObject({ commits: [{ subject: 'x' }] });
      expect(await result('show', { file: name })).toMatchObject({ file: { path: name, content: '1\n' } });
      put(name, '2\n');
      await result('restore', { paths: [name] });
      expect(readFileSync(join(workspace, name), 'utf8')).toBe('1\n');
    }
  });

  it('with messages in another encoding, and settings that would change what is printed', async () => {
    committed('sub/a', 'x\n');
    for (const [key, value] of [
      ['i18n.commitEncoding', 'ISO-8859-1'],
      ['i18n.logOutputEncoding', 'ISO-8859-1'],
      ['diff.relative', 'true'],
      ['diff.noprefix', 'true'],
      ['color.ui', 'always'],
      ['color.diff', 'always'],
      ['color.status', 'always'],
      ['status.short', 'true'],
      ['core.quotePath', 'true'],
      ['diff.submodule', 'log'],
    ]) {
      plain('config', key ?? '', value ?? '');
    }
    execFileSync('git', [...IDENTITY, 'commit', '--allow-empty', '-q', '-F', '-'], {
      cwd: workspace,
      input: Buffer.from('Gr\u00fc\u00dfe', 'latin1'),
    });
    put('sub/a', 'y\n');
    put('b', '');
    plain('add', 'b');
    expect(await result('log', { limit: 1 })).toMatchObject({ commits: [{ subject: 'Grüße' }] });
    expect(await result('status', { repository: 'sub' })).toMatchObject({
      total: 2,
      entries: [{ path: 'b' }, { path: 'sub/a' }],
    });
    expect(await result('diff', { repository: 'sub', from: 'HEAD' })).toMatchObject({
      files: [{ path: 'b' }, { path: 'sub/a', added: 1 }],
      patch: expect.stringContaining('diff --git a/sub/a b/sub/a') as string,
    });
    const { commit } = await result('commit', { message: 'Straße', all: true });
    expect(commit).toMatchObject({ subject: 'Straße' });
  });
});

describe('what a filter should have gone through', () => {
  it('is not stored as it is, whether the filter is configured here or not', async () => {
    committed('.gitattributes', '*.bin filter=lfs\n');
    put('big.bin', 'content that others never see in the history\n');
    put('b', '1');
    expect(await git.refusal('add', { paths: ['.'] })).toBe('filter_needed');
    expect(plain('diff', '--cached', '--name-only')).toBe('');
    await result('add', { paths: ['b'] });
    plain('config', 'filter.lfs.clean', 'cat');
    expect(await git.refusal('add', { paths: ['big.bin'] })).toBe('filter_needed');
    plain('-c', 'filter.lfs.clean=tr a-z A-Z', 'add', 'big.bin');
    plain('commit', '-qm', 'by somebody who has it');
    put('big.bin', 'changed\n');
    expect(await result('status')).toMatchObject({ entries: [{ path: 'big.bin', worktree: 'M' }] });
    expect(await git.refusal('commit', { message: 'x', all: true }, { operator })).toBe('filter_needed');
    expect(await git.refusal('stash', { action: 'push' }, { operator })).toBe('filter_needed');
    expect(readFileSync(join(workspace, 'big.bin'), 'utf8')).toBe('changed\n');
    await result('restore', { paths: ['big.bin'] });
    expect(readFileSync(join(workspace, 'big.bin'), 'utf8')).toMatch(/^CONTENT/);
  });
});

it('answers within bounds for 50,000 commits, long messages and 6,000 branches, and says what is left out', async () => {
  const commits = Array.from(
    { length: 50_000 },
    (_, index) =>
      `commit refs/heads/main\nmark :${index + 1}\ncommitter E <e@example.org> ${1_600_000_000 + index} +0000\ndata <<END\nnumber ${index}\nEND\nM 100644 inline f\ndata <<END\n${index}\nEND\n`,
  );
  const branches = Array.from({ length: 6_000 }, (_, index) => `reset refs/heads/b${index}\nfrom :1\n`);
  execFileSync('git', ['fast-import', '--quiet'], { cwd: workspace, input: [...commits, ...branches].join('\n') });
  expect(await result('log', { limit: 2, skip: 49_998 })).toMatchObject({
    commits: [{ subject: 'number 1' }, {}],
    more: false,
  });
  expect(await result('log', { limit: 1000 })).toMatchObject({ more: true });
  expect(await result('log', { message: '^number 7$' })).toMatchObject({
    commits: [{ subject: 'number 7' }],
    more: false,
  });
  const listed = await result('branch');
  expect(listed).toMatchObject({ total: 6001, truncated: true });
  plain('reset', '-q', '--hard');
  expect(await result('blame', { path: 'f' })).toMatchObject({ lines: [{ text: '49999' }] });
  for (let index = 0; index < 6; index += 1) {
    execFileSync('git', [...IDENTITY, 'commit', '--allow-empty', '-q', '-F', '-'], {
      cwd: workspace,
      input: `long ${index}\n\n${'x'.repeat(1_000_000)}`,
    });
  }
  const long = await result('log', { limit: 6 });
  const subjects = (long['commits'] as { subject: string }[]).map(({ subject }) => subject);
  expect(subjects).toEqual(['long 5', 'long 4', 'long 3', 'long 2']);
  expect(long['more']).toBe(true);
}, 120_000);
