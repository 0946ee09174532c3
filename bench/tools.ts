import { spawn } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import type { SessionId } from '../schema/entities.ts';
import type { SessionLayer } from '../main/kernel/sandboxes/session-layer.ts';
import type { KernelSideTools } from '../main/kernel/tools/ports.ts';
import { kernelSideTools } from '../main/platform/plugin-files/kernel-side-tools.ts';
import { type Metrics, timeMetric } from './metric.ts';

const FILES = 100_000;
const FILES_A_FOLDER = 100;
const SMALL_ROUNDS = 400;
const SEARCH_ROUNDS = 9;
/** Each takes a quarter of the time. */
const GLOB_ROUNDS = 31;
const READ_BYTES = 64 * 1024;
const LIST_ENTRIES = 1000;

const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'session', 'sandbox', 'policy', 'chain', 'record', 'window'];

/** A tree like a large checkout: many small files, some words everywhere, one in every thousandth file. */
function makeTree(root: string): void {
  for (let index = 0; index < FILES; index += 1) {
    const folder = join(
      root,
      `p${Math.floor(index / (FILES_A_FOLDER * 50))}`,
      `d${Math.floor(index / FILES_A_FOLDER)}`,
    );
    if (index % FILES_A_FOLDER === 0) mkdirSync(folder, { recursive: true });
    const lines = Array.from({ length: 20 }, (_, line) => {
      const at = (shift: number): string => WORDS[(index + line * shift) % WORDS.length] ?? '';
      return `const ${at(1)}${line} = ${at(3)}(${at(7)}, ${index % 97});`;
    });
    if (index % 1000 === 500) lines.push(`const rareNeedle${index} = 1;`);
    writeFileSync(join(folder, `f${index}.${index % 3 === 0 ? 'ts' : 'js'}`), `${lines.join('\n')}\n`);
  }
  writeFileSync(join(root, 'file.txt'), 'x'.repeat(READ_BYTES));
  mkdirSync(join(root, 'folder'));
  for (let index = 0; index < LIST_ENTRIES; index += 1) writeFileSync(join(root, 'folder', `e${index}`), '');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Both in turn, so that what else the machine does meets both. */
async function compare(rounds: number, ours: () => Promise<unknown>, floor: () => Promise<unknown>) {
  const [oursMs, floorMs]: [number[], number[]] = [[], []];
  await ours();
  await floor();
  for (let round = 0; round < rounds; round += 1) {
    oursMs.push(await timed(ours));
    floorMs.push(await timed(floor));
  }
  return timeMetric(oursMs, 'ms', floorMs);
}

/** Runs rg and reads all that it prints, or only until it prints something. */
function ripgrep(root: string, args: readonly string[], until: 'end' | 'first'): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(rgPath, [...args, '--', '.'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
    child.on('error', reject);
    child.on('close', () => resolve());
    child.stdout.on('data', () => {
      if (until === 'end') return;
      resolve();
      child.kill('SIGKILL');
    });
  });
}

async function plainList(folder: string): Promise<unknown> {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => ({ name, stats: await lstat(join(folder, name)) })));
}

interface Site {
  readonly root: string;
  call(name: string, input: object): Promise<unknown>;
  /** Resolves with the first output. */
  first(name: string, input: object): Promise<unknown>;
}

function siteOf(root: string, tools: KernelSideTools, layer: SessionLayer): Site {
  const start = (call: { name: string; input: object }, signal: AbortSignal, output: (text: string) => Promise<void>) =>
    tools.call({ ...call, layer, signal, output });
  return {
    root,
    async call(name, input) {
      const done = await start({ name, input }, new AbortController().signal, async () => undefined);
      if (done === undefined) throw new Error(`Cannot measure ${name}: it is not answered beside the kernel`);
      return done.result;
    },
    async first(name, input) {
      const controller = new AbortController();
      await new Promise<void>((resolve, reject) => {
        const output = async (): Promise<void> => resolve();
        start({ name, input }, controller.signal, output).then(() => resolve(), reject);
      });
      controller.abort();
    },
  };
}

const grepInput = (pattern: string, more: object = {}): object => ({
  pattern,
  path: '.',
  syntax: 'regex',
  letterCase: 'sensitive',
  wholeWords: false,
  multiline: false,
  globs: [],
  hidden: false,
  ignored: false,
  before: 0,
  after: 0,
  limit: 10_000,
  ...more,
});

async function searches(site: Site): Promise<Metrics> {
  const grep = (pattern: string, more?: object) => () => site.call('search.grep', grepInput(pattern, more));
  const rg =
    (...args: string[]) =>
    () =>
      ripgrep(site.root, args, 'end');
  const globInput = { globs: ['*.ts'], path: '.', hidden: false, ignored: false, limit: 100_000 };
  return {
    grep_literal: await compare(
      SEARCH_ROUNDS,
      grep('rareNeedle', { syntax: 'literal' }),
      rg('--json', '-F', '-e', 'rareNeedle'),
    ),
    grep_regex: await compare(SEARCH_ROUNDS, grep('rare[A-Z]\\w+500 ='), rg('--json', '-e', 'rare[A-Z]\\w+500 =')),
    grep_case: await compare(
      SEARCH_ROUNDS,
      grep('RARENEEDLE', { letterCase: 'insensitive' }),
      rg('--json', '-i', '-e', 'RARENEEDLE'),
    ),
    grep_multiline: await compare(
      SEARCH_ROUNDS,
      grep(';\\nconst rareNeedle', { multiline: true }),
      rg('--json', '-U', '-e', ';\\nconst rareNeedle'),
    ),
    // One line of every tenth file: as many as a search may give.
    grep_many: await compare(
      SEARCH_ROUNDS,
      grep('const alpha0 =', { syntax: 'literal' }),
      rg('--json', '-F', '-e', 'const alpha0 ='),
    ),
    grep_none: await compare(SEARCH_ROUNDS, grep('noSuchWordAnywhere'), rg('--json', '-e', 'noSuchWordAnywhere')),
    glob: await compare(GLOB_ROUNDS, () => site.call('search.glob', globInput), rg('--files', '--null', '-g', '*.ts')),
    grep_first: await compare(
      SEARCH_ROUNDS,
      () => site.first('search.grep', grepInput('sandbox')),
      () => ripgrep(site.root, ['--json', '-e', 'sandbox'], 'first'),
    ),
  };
}

/** Reading, listing and searching beside the kernel, with plain Node and the same rg as floors in the same run. */
export async function toolsBench(): Promise<Metrics> {
  const scratch = mkdtempSync(join(tmpdir(), 'cavern-bench-tools-'));
  try {
    const [root, upper, mask] = [join(scratch, 'workspace'), join(scratch, 'upper'), join(scratch, 'mask')];
    for (const folder of [root, upper, mask]) mkdirSync(folder);
    makeTree(root);
    execFileSync('sync');
    const user = { uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000 };
    const session = 'bench' as SessionId; // of that form
    const layer: SessionLayer = {
      session,
      workspace: root,
      upper,
      mask,
      maskedPaths: [],
      startedAtMs: 0,
      strategy: 'overlay',
    };
    const site = siteOf(root, kernelSideTools({ user, ripgrep: rgPath }), layer);
    const readInput = { path: 'file.txt', encoding: 'auto', offset: 0, limitBytes: 1024 * 1024 };
    return {
      read: await compare(
        SMALL_ROUNDS,
        () => site.call('fs.read', readInput),
        () => readFile(join(root, 'file.txt'), 'utf8'),
      ),
      list: await compare(
        SMALL_ROUNDS / 4,
        () => site.call('fs.list', { path: 'folder', limit: 10_000 }),
        () => plainList(join(root, 'folder')),
      ),
      ...(await searches(site)),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
