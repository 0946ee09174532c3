import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PluginHarness } from '@cavern/plugin-sdk/harness';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plugin } from './plugin.ts';

const operator = { name: 'Ada Lovelace', email: 'ada@example.org' };
let folder: string;
let workspace: string;
let trap: string;
let sprung: string;
let git: PluginHarness;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-hostile-'));
  workspace = join(folder, 'workspace');
  sprung = join(folder, 'sprung');
  trap = join(folder, 'trap.sh');
  mkdirSync(workspace);
  writeFileSync(trap, `#!/bin/sh\necho "$0 $*" >> "${sprung}"\nexit 1\n`);
  chmodSync(trap, 0o755);
  git = new PluginHarness({ plugin, workspace, pluginFolder: workspace });
  plain('init', '--quiet', '--initial-branch=main');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const IDENTITY = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.org', '-c', 'protocol.file.allow=always'];

/** Git as anybody would run it; whether it succeeds is no matter here. */
function plain(...args: string[]): void {
  try {
    execFileSync('git', [...IDENTITY, ...args], { cwd: workspace, stdio: 'ignore', timeout: 10_000 });
  } catch {
    // A trap may make it fail.
  }
}

function config(key: string, value: string): void {
  execFileSync('git', ['config', key, value], { cwd: workspace });
}

function put(path: string, content: string): void {
  mkdirSync(join(workspace, path, '..'), { recursive: true });
  writeFileSync(join(workspace, path), content);
}

let touched = 1_000;

/** Makes git look into the file again. */
function touch(path: string): void {
  touched += 1_000;
  utimesSync(join(workspace, path), touched, touched);
}

/** Two commits, one side branch, a stash that has to be merged, and a file that looks changed. */
function history(): void {
  put('a', 'one\ntwo\nthree\nfour\nfive\n');
  plain('add', '-A');
  plain('commit', '-qm', 'first');
  plain('branch', 'side');
  put('a', 'one\ntwo\nthree\nfour\nFIVE\n');
  plain('stash', 'push', '-q');
  put('a', 'ONE\ntwo\nthree\nfour\nfive\n');
  plain('commit', '-qam', 'second');
  touch('a');
}

const CALLS: readonly (readonly [tool: string, input: object])[] = [
  ['status', { ignored: true }],
  ['diff', {}],
  ['diff', { from: 'HEAD~1' }],
  ['show', { file: 'a' }],
  ['log', {}],
  ['blame', { path: 'a' }],
  ['stash', { action: 'apply' }],
  ['restore', { paths: ['a'], where: 'both' }],
  ['branch', { action: 'switch', name: 'side' }],
  ['branch', { action: 'switch', name: 'main' }],
  ['worktree', { action: 'add', path: 'tree' }],
  ['worktree', { action: 'remove', path: 'tree', force: true }],
  ['add', { paths: ['.'] }],
  ['stash', { action: 'push', untracked: true }],
  ['stash', { action: 'pop' }],
  ['commit', { message: 'made', all: true, allowEmpty: true }],
  ['commit', { message: 'amended', amend: true, allowEmpty: true }],
  ['branch', { action: 'create', name: 'x' }],
];

/** Calls every tool, each after a change; what is refused is refused. */
async function callEverything(paths: readonly string[]): Promise<void> {
  for (const [tool, input] of CALLS) {
    for (const path of paths) if (existsSync(join(workspace, path))) touch(path);
    await git.call(tool, input, { operator }).catch((thrown: unknown) => {
      if (!(thrown instanceof ToolError)) throw thrown;
    });
    expect({ tool, input, sprung: existsSync(sprung) }).toEqual({ tool, input, sprung: false });
  }
}

interface Trap {
  readonly name: string;
  lay(): void;
  /** What springs it where nothing prevents that. */
  readonly springs: readonly string[];
}

function hooks(): void {
  for (const hook of [
    'pre-commit',
    'post-commit',
    'commit-msg',
    'prepare-commit-msg',
    'post-checkout',
    'post-index-change',
    'reference-transaction',
  ]) {
    mkdirSync(join(workspace, '.git/hooks'), { recursive: true });
    rmSync(join(workspace, '.git/hooks', hook), { force: true });
    symlinkSync(trap, join(workspace, '.git/hooks', hook));
  }
}

function attributes(text: string): void {
  put('.gitattributes', `* ${text}\n`);
}

const TRAPS: readonly Trap[] = [
  { name: 'hooks', lay: hooks, springs: ['commit', '--allow-empty', '-qm', 'x'] },
  {
    name: 'hooks in a folder of the workspace',
    lay: () => {
      put('own/pre-commit', `#!/bin/sh\n${trap} </dev/null\n`);
      chmodSync(join(workspace, 'own/pre-commit'), 0o755);
      config('core.hooksPath', 'own');
    },
    springs: ['commit', '--allow-empty', '-qm', 'x'],
  },
  { name: 'core.fsmonitor', lay: () => config('core.fsmonitor', trap), springs: ['status'] },
  {
    name: 'a clean filter',
    lay: () => {
      config('filter.evil.clean', trap);
      attributes('filter=evil');
    },
    springs: ['status'],
  },
  {
    name: 'a smudge filter',
    lay: () => {
      config('filter.evil.smudge', trap);
      attributes('filter=evil');
    },
    springs: ['checkout', 'HEAD~1', '--', 'a'],
  },
  {
    name: 'a filter process that is required',
    lay: () => {
      config('filter.evil.process', trap);
      config('filter.evil.required', 'true');
      attributes('filter=evil');
    },
    springs: ['status'],
  },
  {
    name: 'a filter in a file that the settings include',
    lay: () => {
      put('.git/more', `[filter "evil"]\n\tclean = ${trap}\n`);
      config('includeIf.onbranch:**.path', 'more');
      attributes('filter=evil');
    },
    springs: ['status'],
  },
  {
    name: 'textconv',
    lay: () => {
      config('diff.evil.textconv', trap);
      attributes('diff=evil');
    },
    springs: ['blame', 'a'],
  },
  {
    name: 'a diff command of an attribute',
    lay: () => {
      config('diff.evil.command', trap);
      attributes('diff=evil');
    },
    springs: ['diff', 'HEAD~1'],
  },
  { name: 'diff.external', lay: () => config('diff.external', trap), springs: ['diff', 'HEAD~1'] },
  {
    name: 'a merge driver',
    lay: () => {
      config('merge.evil.driver', `${trap} %A`);
      attributes('merge=evil');
    },
    springs: ['stash', 'apply'],
  },
  {
    name: 'a program that signs',
    lay: () => {
      config('commit.gpgSign', 'true');
      config('gpg.program', trap);
    },
    springs: ['commit', '--allow-empty', '-qm', 'x'],
  },
  {
    name: 'core.editor',
    lay: () => {
      config('core.editor', trap);
      config('sequence.editor', trap);
    },
    springs: ['commit', '--allow-empty'],
  },
  {
    name: 'what is fetched for a partial clone',
    lay: () => {
      config('core.repositoryFormatVersion', '1');
      config('extensions.partialClone', 'origin');
      config('remote.origin.promisor', 'true');
      config('remote.origin.url', `ext::${trap} %S`);
      config('protocol.ext.allow', 'always');
      const blob = execFileSync('git', ['rev-parse', 'HEAD:a'], { cwd: workspace }).toString().trim();
      rmSync(join(workspace, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    },
    springs: ['diff', 'HEAD~1', 'HEAD'],
  },
  {
    name: 'core.sshCommand and credential helpers',
    lay: () => {
      config('core.repositoryFormatVersion', '1');
      config('extensions.partialClone', 'origin');
      config('remote.origin.promisor', 'true');
      config('remote.origin.url', 'ssh://nowhere.invalid/x');
      config('core.sshCommand', trap);
      config('credential.helper', trap);
      config('protocol.ssh.allow', 'always');
      const blob = execFileSync('git', ['rev-parse', 'HEAD:a'], { cwd: workspace }).toString().trim();
      rmSync(join(workspace, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    },
    springs: ['diff', 'HEAD~1', 'HEAD'],
  },
  {
    name: 'an alias of the name of a command',
    lay: () => {
      for (const name of ['status', 'diff', 'log', 'st']) config(`alias.${name}`, `!${trap}`);
    },
    springs: ['st'],
  },
  {
    name: 'the pager',
    lay: () => {
      config('core.pager', trap);
      for (const name of ['status', 'diff', 'log', 'blame', 'show']) config(`pager.${name}`, trap);
    },
    springs: ['--paginate', 'log'],
  },
];

it.each(TRAPS)('nothing runs: $name', async ({ lay, springs }) => {
  history();
  lay();
  touch('a');
  await callEverything(['a']);
  // Else it would be no trap.
  if (springs[0] !== '--paginate') {
    rmSync(join(workspace, '.git/index.lock'), { force: true });
    put('a', 'three\nfour\n');
    plain(...springs);
    if (springs[0] === 'stash') {
      plain('checkout', '--force', 'main');
      history();
      plain(...springs);
    }
    expect(existsSync(sprung)).toBe(true);
  }
});

it.each([
  ['core.fsmonitor', []],
  ['filter.evil.clean', ['filter=evil']],
  ['filter.evil.process', ['filter=evil']],
  ['diff.evil.textconv', ['diff=evil']],
  ['diff.external', []],
])('nothing runs that a submodule brings along: %s', async (key, attribute) => {
  history();
  const inner = join(folder, 'inner');
  for (const args of [
    ['init', '--quiet', inner],
    ['-C', inner, 'commit', '-qm', 'empty', '--allow-empty'],
  ]) {
    execFileSync('git', [...IDENTITY, ...args]);
  }
  writeFileSync(join(inner, 'f'), 'x\n');
  if (attribute[0] !== undefined) writeFileSync(join(inner, '.gitattributes'), `* ${attribute[0]}\n`);
  execFileSync('git', [...IDENTITY, '-C', inner, 'add', '-A']);
  execFileSync('git', [...IDENTITY, '-C', inner, 'commit', '-qm', 'second']);
  plain('submodule', '--quiet', 'add', inner, 'inner');
  plain('commit', '-qm', 'with a submodule');
  for (const setting of [
    ['diff.submodule', 'diff'],
    ['submodule.recurse', 'true'],
    ['submodule.inner.ignore', 'none'],
    ['status.submoduleSummary', 'true'],
  ] as const) {
    config(setting[0], setting[1]);
  }
  execFileSync('git', ['-C', join(workspace, 'inner'), 'config', key, trap]);
  await callEverything(['a', 'inner/f']);
  writeFileSync(join(workspace, 'inner/f'), 'changed\n');
  plain('status');
  plain('diff', '--submodule=diff');
  expect(existsSync(sprung)).toBe(true);
});
