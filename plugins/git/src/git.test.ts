import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PluginHarness } from '@cavern/plugin-sdk/harness';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plugin } from './plugin.ts';

const operator = { name: 'Ada Lovelace', email: 'ada@example.org' };
let workspace: string;
let git: PluginHarness;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'cavern git ü '));
  git = new PluginHarness({ plugin, workspace, pluginFolder: workspace });
  execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd: workspace });
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const put = (path: string, content: string | Buffer): void => {
  mkdirSync(join(workspace, path, '..'), { recursive: true });
  writeFileSync(join(workspace, path), content);
};
// Every tool of the plugin gives an object.
const result = async (name: string, input: object = {}): Promise<Record<string, unknown>> =>
  (await git.call(name, input, { operator })).result as Record<string, unknown>;
const committed = async (path: string, content: string, message = `add ${path}`): Promise<string> => {
  put(path, content);
  await result('add', { paths: [path] });
  return ((await result('commit', { message }))['commit'] as { id: string }).id;
};

describe('git.status, git.add and git.commit', () => {
  it('go from nothing to a first commit', async () => {
    expect(await result('status')).toEqual({
      branch: { head: 'main', commit: null },
      entries: [],
      total: 0,
      truncated: false,
    });
    expect(await result('log')).toEqual({ commits: [], more: false });
    put('grüße "x".txt', 'hello\n');
    expect(await result('add', { paths: ['.'] })).toEqual({ staged: ['grüße "x".txt'], total: 1 });
    expect(await result('commit', { message: 'feat: first\n\nbody\nmore\n' })).toMatchObject({
      branch: 'main',
      commit: { parents: [], subject: 'feat: first', body: 'body\nmore', author: operator, committer: operator },
    });
    expect(await git.refusal('commit', { message: 'again' }, { operator })).toBe('nothing_to_commit');
  });

  it('tell changes, renames, untracked and ignored files apart', async () => {
    await committed('a', '1\n2\n3\n4\n5\n');
    await committed('b', 'b\n');
    await committed('.gitignore', 'out\n');
    execFileSync('git', ['mv', 'a', 'c d'], { cwd: workspace });
    put('b', 'changed\n');
    put('new/file', '');
    put('out/x', '');
    expect(await result('status', { ignored: true })).toMatchObject({
      branch: { head: 'main' },
      entries: [
        { path: 'b', state: 'changed', index: '.', worktree: 'M' },
        { path: 'c d', from: 'a', state: 'renamed', index: 'R', worktree: '.' },
        { path: 'new/file', state: 'untracked', index: '.', worktree: '.' },
        { path: 'out/x', state: 'ignored', index: '.', worktree: '.' },
      ],
      total: 4,
    });
    expect(await result('status', { paths: ['new'] })).toMatchObject({ total: 1 });
  });

  it('look without writing to the repository', async () => {
    await committed('a', '1');
    await committed('mode', 'x');
    const index = join(workspace, '.git/index');
    const before = statSync(index).mtimeMs;
    // The same content of another time: git would note that in its index.
    utimesSync(join(workspace, 'a'), 1_000, 1_000);
    chmodSync(join(workspace, 'mode'), 0o755);
    expect(await result('status')).toMatchObject({ entries: [{ path: 'mode' }] });
    expect(await result('diff')).toMatchObject({ files: [{ path: 'mode', added: 0, removed: 0 }], total: 1 });
    expect(statSync(index).mtimeMs).toBe(before);
  });

  it('need an author, which may be the repository’s own', async () => {
    put('a', '');
    await git.call('add', { paths: ['a'] });
    expect(await git.refusal('commit', { message: 'x' })).toBe('author_unknown');
    execFileSync('git', ['config', 'user.name', 'Own'], { cwd: workspace });
    execFileSync('git', ['config', 'user.email', 'own@example.org'], { cwd: workspace });
    const { result: made } = await git.call('commit', { message: 'x' });
    expect(made).toMatchObject({ commit: { author: { name: 'Own', email: 'own@example.org' } } });
  });

  it('run no hook, no monitor and no program of the repository, so that opening one executes nothing', async () => {
    const trap = join(workspace, 'trap.sh');
    put('trap.sh', `#!/bin/sh\ntouch "${workspace}/sprung"\n`);
    chmodSync(trap, 0o755);
    for (const hook of ['pre-commit', 'post-commit', 'commit-msg', 'post-checkout', 'post-index-change']) {
      mkdirSync(join(workspace, '.git/hooks'), { recursive: true });
      symlinkSync(trap, join(workspace, '.git/hooks', hook));
    }
    const settings = ['core.fsmonitor', 'core.pager', 'core.editor', 'diff.external', 'gpg.program', 'core.sshCommand'];
    for (const key of settings) execFileSync('git', ['config', key, trap], { cwd: workspace });
    execFileSync('git', ['config', 'commit.gpgSign', 'true'], { cwd: workspace });
    await committed('a', '1\n');
    put('a', '2\n');
    await result('status');
    await result('diff');
    await result('show');
    await result('blame', { path: 'a' });
    await result('restore', { paths: ['a'] });
    await result('branch', { action: 'create', name: 'x' });
    await result('branch', { action: 'switch', name: 'x' });
    expect(existsSync(join(workspace, 'sprung'))).toBe(false);
  });
});

describe('git.diff, git.show, git.log and git.blame', () => {
  it('compare working tree, index and commits', async () => {
    const first = await committed('a', 'one\ntwo\n');
    const second = await committed('a', 'one\nTWO\n', 'change');
    put('a', 'one\nTWO\nthree\n');
    expect(await result('diff')).toMatchObject({
      files: [{ path: 'a', status: 'M', added: 1, removed: 0 }],
      total: 1,
      patch: expect.stringContaining('+three') as string,
      truncated: false,
    });
    expect(await result('diff', { staged: true })).toMatchObject({ files: [], patch: '' });
    expect(await result('diff', { from: first, to: second })).toMatchObject({ files: [{ added: 1, removed: 1 }] });
    expect(await git.refusal('diff', { to: second })).toBe('invalid_input');
    expect(await git.refusal('diff', { from: '--output=/tmp/x' })).toBe('invalid_ref');
    expect(await git.refusal('diff', { from: 'nothing' })).toBe('git_failed');
  });

  it('give patches that git applies, renames and binary files included', async () => {
    await committed('old', 'line\n'.repeat(20));
    await committed('bin', 'x');
    execFileSync('git', ['mv', 'old', 'new name'], { cwd: workspace });
    put('bin', Buffer.from([0, 1, 2, 255]));
    await result('add', { paths: ['.'] });
    const { patch, files } = await result('diff', { staged: true });
    expect(files).toEqual([
      { path: 'bin', status: 'M', added: null, removed: null },
      { path: 'new name', from: 'old', status: 'R', added: 0, removed: 0 },
    ]);
    execFileSync('git', ['reset', '--quiet', '--hard'], { cwd: workspace });
    execFileSync('git', ['apply', '-'], { cwd: workspace, input: String(patch) });
    expect(readFileSync(join(workspace, 'bin'))).toEqual(Buffer.from([0, 1, 2, 255]));
    expect(existsSync(join(workspace, 'new name'))).toBe(true);
  });

  it('show a commit, the first one too, and a file as it was', async () => {
    const first = await committed('d/a', 'old\n', 'first');
    await committed('d/a', 'new\n', 'second');
    expect(await result('show', { ref: first, file: 'd/a' })).toMatchObject({
      commit: { id: first, subject: 'first' },
      difference: { files: [{ path: 'd/a', status: 'A', added: 1 }] },
      file: { path: 'd/a', content: 'old\n', encoding: 'utf8', truncated: false },
    });
    expect(await result('show')).toMatchObject({ commit: { subject: 'second', refs: ['HEAD -> main'] } });
    expect(await git.refusal('show', { file: 'gone' })).toBe('not_found');
  });

  it('list commits page by page and by path', async () => {
    for (const name of ['a', 'b', 'c']) await committed(name, name);
    const subjects = async (input: object): Promise<unknown> =>
      ((await result('log', input))['commits'] as { subject: string }[]).map(({ subject }) => subject);
    expect(await subjects({ limit: 2 })).toEqual(['add c', 'add b']);
    expect(await result('log', { limit: 2 })).toMatchObject({ more: true });
    expect(await subjects({ limit: 2, skip: 2 })).toEqual(['add a']);
    expect(await subjects({ paths: ['b'] })).toEqual(['add b']);
    expect(await subjects({ message: '^add [ac]$' })).toEqual(['add c', 'add a']);
  });

  it('blame lines, those not committed too', async () => {
    const first = await committed('a', 'one\ntwo\n');
    const second = await committed('a', 'one\nTWO\n', 'change');
    put('a', 'one\nTWO\n\tthree\n');
    expect(await result('blame', { path: 'a' })).toMatchObject({
      lines: [
        { line: 1, text: 'one', commit: first, originalLine: 1 },
        { line: 2, text: 'TWO', commit: second },
        { line: 3, text: '\tthree', commit: null },
      ],
      commits: [{ id: first, author: 'Ada Lovelace', email: 'ada@example.org', subject: 'add a' }, { id: second }],
    });
  });
});

describe('git.branch, git.restore, git.stash and git.worktree', () => {
  it('make, switch, rename and delete branches', async () => {
    await committed('a', '');
    await result('branch', { action: 'create', name: 'topic' });
    await result('branch', { action: 'switch', name: 'topic' });
    await committed('b', '');
    await result('branch', { action: 'rename', name: 'main', to: 'trunk' });
    const { branches } = await result('branch');
    expect(branches).toMatchObject([
      { name: 'topic', current: true, subject: 'add b' },
      { name: 'trunk', current: false },
    ]);
    await result('branch', { action: 'switch', name: 'trunk' });
    expect(await git.refusal('branch', { action: 'delete', name: 'topic' })).toBe('git_failed');
    await result('branch', { action: 'delete', name: 'topic', force: true });
    expect(await git.refusal('branch', { action: 'create', name: '-f' })).toBe('invalid_ref');
    expect(await git.refusal('branch', { action: 'create' })).toBe('invalid_input');
  });

  it('restore files, staged or not', async () => {
    await committed('a', '1');
    put('a', '2');
    await result('add', { paths: ['a'] });
    await result('restore', { paths: ['a'], where: 'staged' });
    expect(await result('diff', { staged: true })).toMatchObject({ total: 0 });
    await result('restore', { paths: ['a'] });
    expect(readFileSync(join(workspace, 'a'), 'utf8')).toBe('1');
  });

  it('take a path for a path, not for a pattern', async () => {
    await committed('a', '1');
    await committed('*', '1');
    put('a', '2');
    put('*', '2');
    await result('restore', { paths: ['*'] });
    expect([readFileSync(join(workspace, 'a'), 'utf8'), readFileSync(join(workspace, '*'), 'utf8')]).toEqual([
      '2',
      '1',
    ]);
  });

  it('put changes aside and bring them back', async () => {
    await committed('a', '1');
    put('a', '2');
    put('b', 'new');
    expect(await result('stash', { action: 'push', message: 'wip', untracked: true })).toMatchObject({
      stashes: [{ index: 0, message: 'On main: wip' }],
    });
    expect([readFileSync(join(workspace, 'a'), 'utf8'), existsSync(join(workspace, 'b'))]).toEqual(['1', false]);
    expect(await result('stash', { action: 'pop' })).toEqual({ stashes: [] });
    expect(readFileSync(join(workspace, 'a'), 'utf8')).toBe('2');
  });

  it('add and remove working trees inside of the workspace only', async () => {
    await committed('a', '1');
    expect(await result('worktree', { action: 'add', path: 'trees/x', branch: 'x' })).toMatchObject({
      worktrees: [
        { path: '', branch: 'main' },
        { path: 'trees/x', branch: 'x' },
      ],
    });
    expect(await result('status', { repository: 'trees/x' })).toMatchObject({ branch: { head: 'x' }, entries: [] });
    expect(await git.refusal('worktree', { action: 'add', path: '../out' })).toBe('workspace_escape');
    expect(await result('worktree', { action: 'remove', path: 'trees/x' })).toMatchObject({
      worktrees: [{ path: '' }],
    });
  });

  it('name paths from the workspace in a repository that lies deeper', async () => {
    execFileSync('git', ['init', '--quiet', 'sub'], { cwd: workspace });
    put('sub/dir/f', 'x\n');
    expect(await result('status', { repository: 'sub/dir' })).toMatchObject({ entries: [{ path: 'sub/dir/f' }] });
    expect(await result('add', { repository: 'sub', paths: ['sub/dir/f'] })).toEqual({
      staged: ['sub/dir/f'],
      total: 1,
    });
  });

  it('refuse a folder without a repository and one whose files lie outside, so that nothing outside is shown', async () => {
    rmSync(join(workspace, '.git'), { recursive: true });
    expect(await git.refusal('status', {})).toBe('not_a_repository');
    execFileSync('git', ['init', '--quiet'], { cwd: workspace });
    execFileSync('git', ['config', 'core.worktree', '/etc'], { cwd: workspace });
    expect(await git.refusal('status', {})).toBe('workspace_escape');
  });
});
