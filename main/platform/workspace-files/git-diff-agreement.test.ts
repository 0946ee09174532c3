import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { diffLines } from '../../kernel/changes/line-diff.ts';
import { mergePieces } from '../../kernel/changes/three-way.ts';
import { layerFixture, plant, whiteout } from './layer-fixture.ts';

/** Enough for the long runs of CAVERN_LONG. */
vi.setConfig({ testTimeout: 600_000 });
const isLong = process.env['CAVERN_LONG'] !== undefined;
const COMMITS = isLong ? 300 : 40;
const MERGES = 300;
const env = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };
const { signal } = new AbortController();

/** The same numbers in every run. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

/** Sources of packages that are installed anyway: real code, with blank lines, braces and repetitions. */
function realSources(): string[] {
  const require = createRequire(import.meta.url);
  return ['yaml', 'ajv', 'picomatch'].flatMap((name) => {
    const root = dirname(require.resolve(`${name}/package.json`));
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.js') && !path.includes('node_modules'))
      .sort()
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .filter((text) => text.length < 60_000 && text.split('\n').length > 20);
  });
}

/** What programmers do: remove, copy, move, change and add lines. */
function edited(text: string, roll: (below: number) => number): string {
  const lines = text.split('\n');
  for (let edit = 0, edits = 1 + roll(6); edit < edits; edit++) {
    const at = roll(lines.length);
    const kind = roll(6);
    if (kind === 0) lines.splice(at, 1 + roll(8));
    else if (kind === 1) {
      const from = roll(lines.length);
      lines.splice(at, 0, ...lines.slice(from, from + 1 + roll(12)));
    } else if (kind === 2) lines[at] = `${lines[at] ?? ''} // changed ${edit}`;
    else if (kind === 3) lines.splice(at, 1 + roll(3), `const fresh${at} = ${edit};`, '}', '');
    else if (kind === 4) lines.splice(roll(lines.length), 0, ...lines.splice(at, 1 + roll(10)));
    else lines.splice(at, 0, '', `const more${edit} = ${at};`);
  }
  return lines.join('\n');
}

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'cavern-agreement-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function git(...args: string[]): string {
  return spawnSync('git', ['-c', 'core.quotePath=off', ...args], { cwd: scratch, env, encoding: 'utf8' }).stdout;
}

/** Of a patch: for each file what happened to it, and the lines of its hunks. */
function hunksByFile(patch: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const part of patch.split(/^diff --git /m).slice(1)) {
    const [head = '', ...lines] = part.split('\n');
    const name = (head.split(' ').at(-1) ?? head).replace(/^b\//, '').replace(/^[ab]\//, '');
    const kept = lines.filter((line) => !/^(?:index|---|\+\+\+) /.test(line));
    files.set(name, kept.map((line) => line.replace(/^(@@ .*? @@).*/, '$1').replaceAll(',1 ', ' ')).join('\n'));
  }
  return files;
}

function changedLines(hunks: string): number {
  return hunks.split('\n').filter((line) => /^[-+]/.test(line)).length;
}

function range(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}

test('a patch of real commits has the files and the hunks of git diff --no-index', async () => {
  const sources = realSources();
  const roll = dice(7);
  let [compared, same] = [0, 0];
  for (let commit = 0; commit < COMMITS; commit++) {
    const names = Array.from({ length: 6 }, (_, index) => `src/file${index}.js`);
    const before = Object.fromEntries(names.map((name) => [name, sources[roll(sources.length)] ?? '']));
    const gone = names[0] ?? '';
    const after = Object.fromEntries(names.slice(1).map((name) => [name, edited(before[name] ?? '', roll)]));
    after['src/new.js'] = edited('const fresh = true;\n', roll);
    using fixture = layerFixture({ workspace: before });
    plant(fixture.upper, after);
    whiteout(fixture.upper, gone);
    for (const side of ['a', 'b']) rmSync(join(scratch, side), { recursive: true, force: true });
    plant(join(scratch, 'a'), before);
    plant(join(scratch, 'b'), after);
    const theirs = hunksByFile(git('diff', '--no-index', '--no-renames', 'a', 'b'));
    const { patch } = await fixture.changes.exportPatch({ session: fixture.session, signal });
    const ours = hunksByFile(patch);
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
    for (const [name, hunks] of theirs) {
      const mine = ours.get(name) ?? '';
      const strip = (text: string) => text.replaceAll(/,1(?= )/g, '');
      expect(changedLines(mine), `${commit} ${name}`).toBe(changedLines(hunks));
      compared++;
      if (strip(mine) === strip(hunks)) same++;
    }
  }
  // Which of equal lines is the new one is a matter of taste; in nearly all cases it is also the same.
  expect(same / compared).toBeGreaterThan(0.95);
});

test('the smallest difference is as small as that of git, and nearly always the very same', () => {
  const sources = realSources();
  const roll = dice(11);
  let same = 0;
  for (let round = 0; round < COMMITS; round++) {
    const before = sources[roll(sources.length)] ?? '';
    const after = edited(before, roll);
    writeFileSync(join(scratch, 'x'), before);
    writeFileSync(join(scratch, 'y'), after);
    const heads = git('diff', '--no-index', '-U0', 'x', 'y').matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm);
    const theirs = [...heads].map(([, a, b = '1', c, d = '1']) => `${a},${b} ${c},${d}`);
    const { hunks } = diffLines(Buffer.from(before), Buffer.from(after));
    const ours = hunks.map(
      (hunk) => `${range(hunk.before.start, hunk.before.count)} ${range(hunk.after.start, hunk.after.count)}`,
    );
    const size = (all: readonly string[]) =>
      all.reduce(
        (sum, hunk) => sum + [...hunk.matchAll(/,(\d+)/g)].reduce((lines, [, count]) => lines + Number(count), 0),
        0,
      );
    expect(size(ours), `round ${round}`).toBe(size(theirs));
    if (ours.join() === theirs.join()) same++;
  }
  expect(same / COMMITS).toBeGreaterThan(0.95);
});

/** What `git merge-file -p` printed, with every conflict settled for one side. */
function settled(output: string, side: 'ours' | 'theirs'): string {
  return output.replaceAll(
    /^<<<<<<< .*\n([\s\S]*?)^=======\n([\s\S]*?)^>>>>>>> .*\n/gm,
    (_, ours: string, theirs: string) => (side === 'ours' ? ours : theirs),
  );
}

test('a three-way merge is clean where that of git is, and agrees with it on conflicts too', () => {
  const sources = realSources();
  const roll = dice(5);
  const counts = { clean: 0, conflicts: 0, differ: 0 };
  for (let round = 0; round < MERGES; round++) {
    const base = `${(sources[roll(sources.length)] ?? '').trimEnd()}\n`;
    const [ours, theirs] = [`${edited(base, roll).trimEnd()}\n`, `${edited(base, roll).trimEnd()}\n`];
    for (const [name, text] of Object.entries({ base, ours, theirs })) writeFileSync(join(scratch, name), text);
    const answer = spawnSync('git', ['merge-file', '-p', 'ours', 'base', 'theirs'], { cwd: scratch, env });
    const output = answer.stdout.toString();
    const sides = { base: Buffer.from(base), ours: Buffer.from(ours), theirs: Buffer.from(theirs) };
    const pieces = mergePieces(sides, { edits: 20_000, limitMs: 5000 }) ?? [];
    const clean = pieces.every((piece) => 'agreed' in piece);
    const mine = (side: 'ours' | 'theirs') =>
      pieces.map((piece) => ('agreed' in piece ? piece.agreed : piece[side])).join('');
    const agrees =
      clean === (answer.status === 0) &&
      mine('ours') === settled(output, 'ours') &&
      mine('theirs') === settled(output, 'theirs');
    if (!agrees) counts.differ++;
    else if (clean) counts.clean++;
    else counts.conflicts++;
  }
  expect(counts.conflicts).toBeGreaterThan(MERGES / 20);
  expect(counts.differ / MERGES, JSON.stringify(counts)).toBeLessThan(0.03);
});
