import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { filePatch } from '../../kernel/changes/patch/patch.ts';
import { type MergedPiece, mergePieces } from '../../kernel/changes/three-way/three-way.ts';
import { layerFixture, plant, whiteout } from './layer-fixture.ts';

/** Enough for the long runs of CAVERN_LONG. */
vi.setConfig({ testTimeout: 600_000 });
const COMMITS = 300;
const TEXTS = process.env['CAVERN_LONG'] === undefined ? 300 : 5000;
const MERGES = process.env['CAVERN_LONG'] === undefined ? 300 : 3000;
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
  const options = { cwd: scratch, env, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 } as const;
  return spawnSync('git', ['-c', 'core.quotePath=off', ...args], options).stdout;
}

/** Of a patch: for each file what happened to it, and its hunks, line by line, without what git says of the function around them. */
function hunksByFile(patch: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const part of patch.split(/^diff --git /m).slice(1)) {
    const [head = '', ...lines] = part.split('\n');
    const name = (head.split(' ').at(-1) ?? head).replace(/^[ab]\//, '').replace(/^[ab]\//, '');
    const kept = lines.filter((line) => line !== '' && !/^(?:index|---|\+\+\+) /.test(line));
    files.set(name, kept.map((line) => line.replace(/^(@@ .*? @@).*/, '$1').replaceAll(/,1(?= )/g, '')).join('\n'));
  }
  return files;
}

type Files = ReadonlyMap<string, string>;

interface Commit {
  readonly parent: Files;
  readonly files: Files;
}

/** A history of one branch: each commit changes some files, some add one or take one away. */
function madeHistory(): Commit[] {
  const sources = realSources();
  const roll = dice(7);
  const commits: Commit[] = [];
  let parent: Files = new Map();
  for (let commit = 0; commit <= COMMITS; commit++) {
    const files = new Map(parent);
    const names = [...files.keys()];
    for (let change = 0, changes = 1 + roll(5); change < changes; change++) {
      const name = names[roll(names.length)];
      if (name === undefined || roll(4) === 0) {
        files.set(`src/m${roll(9)}/file${commit}-${change}.js`, sources[roll(sources.length)] ?? '');
      } else if (roll(10) === 0) files.delete(name);
      else files.set(name, edited(files.get(name) ?? '', roll));
    }
    commits.push({ parent, files });
    parent = files;
  }
  return commits;
}

/** The commits in a repository of git's. */
function importHistory(commits: readonly Commit[]): void {
  const stream = commits.flatMap(({ files }, index) => [
    'commit refs/heads/main\n',
    `committer t <t@t> ${1_700_000_000 + index} +0000\n`,
    `data ${String(index).length}\n${index}\n`,
    'deleteall\n',
    ...[...files].map(([name, text]) => `M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`),
  ]);
  const options = { cwd: scratch, env, input: stream.join(''), maxBuffer: 1024 * 1024 };
  for (const [args, input] of [
    [['init', '-q', '.'], ''],
    [['fast-import', '--quiet'], options.input],
  ] as const) {
    expect(spawnSync('git', args, { ...options, input }).status).toBe(0);
  }
}

/** What is gone has a layer of its own in these tests: it is not to be taken for the other name of what is new. */
async function exportedPatch(before: Record<string, string>, after: Record<string, string>): Promise<string> {
  using fixture = layerFixture({ workspace: before });
  plant(fixture.upper, after);
  for (const path of Object.keys(before)) if (!(path in after)) whiteout(fixture.upper, path);
  return (await fixture.changes.exportPatch({ session: fixture.session, signal })).patch;
}

test('a patch of each of 300 commits has the files and the hunks of git diff --no-index, line by line', async () => {
  const commits = madeHistory();
  importHistory(commits);
  const log = git('log', '-p', '--reverse', '--no-renames', '--format=commit %s', 'main').split(/^commit \d+$/m);
  const before: Record<string, string> = {};
  const after: Record<string, string> = {};
  const gone: Record<string, string> = {};
  commits.slice(1).forEach(({ parent, files }, index) => {
    for (const [name, text] of parent) {
      if (!files.has(name)) gone[`c${index}/${name}`] = text;
      else if (files.get(name) !== text) before[`c${index}/${name}`] = text;
    }
    for (const [name, text] of files) if (parent.get(name) !== text) after[`c${index}/${name}`] = text;
  });
  plant(join(scratch, 'a'), { ...before, ...gone });
  plant(join(scratch, 'b'), after);
  const patch = (await exportedPatch(before, after)) + (await exportedPatch(gone, {}));
  const ours = hunksByFile(patch);
  const theirs = hunksByFile(git('diff', '--no-index', '--no-renames', 'a', 'b'));
  expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  // The same by the history itself, whose trees were made another way.
  const logged = new Map<string, string>();
  log
    .slice(2)
    .forEach((part, index) => hunksByFile(part).forEach((hunks, name) => logged.set(`c${index}/${name}`, hunks)));
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(logged));
  expect(log.length).toBe(COMMITS + 2);
});

/** Texts that are much harder than a commit: written anew, shuffled, or with many changes. */
function anotherText(text: string, sources: readonly string[], roll: (below: number) => number): string {
  const kind = roll(6);
  if (kind === 0) return sources[roll(sources.length)] ?? '';
  if (kind === 1) {
    const lines = text.split('\n').map((line) => ({ line, place: roll(1000) }));
    return lines
      .sort((a, b) => a.place - b.place)
      .map(({ line }) => line)
      .join('\n');
  }
  let result = text;
  for (let times = kind === 2 ? 12 : 1; times > 0; times--) result = edited(result, roll);
  return result;
}

test('texts that have little in common differ in the same lines as for git', () => {
  const sources = realSources();
  const roll = dice(11);
  const before: Record<string, string> = {};
  const after: Record<string, string> = {};
  for (let round = 0; round < TEXTS; round++) {
    before[`t${round}`] = sources[roll(sources.length)] ?? '';
    after[`t${round}`] = anotherText(before[`t${round}`] ?? '', sources, roll);
  }
  for (const side of ['a', 'b']) rmSync(join(scratch, side), { recursive: true, force: true });
  plant(join(scratch, 'a'), before);
  plant(join(scratch, 'b'), after);
  const theirs = hunksByFile(git('diff', '--no-index', '--no-renames', 'a', 'b'));
  const ours = new Map<string, string>();
  for (const [path, text] of Object.entries(before)) {
    const side = (content: string) => ({ mode: '100644', bytes: Buffer.from(content) });
    const files = { from: path, path, before: side(text), after: side(after[path] ?? '') };
    const hunks = hunksByFile(filePatch(files) ?? '').get(path);
    if (hunks !== undefined && hunks !== '') ours.set(path, hunks);
  }
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
});

/** What `git merge-file -p` printed, with every conflict settled for one side. */
function settled(output: string, side: 'ours' | 'theirs'): string {
  return output.replaceAll(
    /^<<<<<<< .*\n([\s\S]*?)^=======\n([\s\S]*?)^>>>>>>> .*\n/gm,
    (_, ours: string, theirs: string) => (side === 'ours' ? ours : theirs),
  );
}

/** As git writes it with the base shown: each conflict whole. */
function asGitWrites(pieces: readonly MergedPiece[]): string {
  const ended = (bytes: Uint8Array): string => {
    const text = Buffer.from(bytes).toString();
    return text === '' || text.endsWith('\n') ? text : `${text}\n`;
  };
  return pieces
    .map((piece) =>
      'agreed' in piece
        ? Buffer.from(piece.agreed).toString()
        : `<<<<<<< ours\n${ended(piece.ours)}||||||| base\n${ended(piece.base)}=======\n${ended(piece.theirs)}>>>>>>> theirs\n`,
    )
    .join('');
}

test('a three-way merge is that of git merge-file, byte for byte, and so are the sides of its conflicts', () => {
  const sources = realSources();
  const roll = dice(5);
  const counts = { clean: 0, conflicts: 0 };
  for (let round = 0; round < MERGES; round++) {
    let base = sources[roll(sources.length)] ?? '';
    // In a short text the sides meet more often.
    if (roll(2) === 0)
      base = base
        .split('\n')
        .slice(0, 10 + roll(30))
        .join('\n');
    const ours = edited(base, roll);
    const theirs = edited(roll(4) === 0 ? ours : base, roll);
    for (const [name, text] of Object.entries({ base, ours, theirs })) writeFileSync(join(scratch, name), text);
    const merge = (...style: string[]) =>
      spawnSync('git', ['merge-file', ...style, '-p', 'ours', 'base', 'theirs'], { cwd: scratch, env });
    const whole = merge('--diff3');
    const sides = { base: Buffer.from(base), ours: Buffer.from(ours), theirs: Buffer.from(theirs) };
    const pieces = mergePieces(sides);
    expect(asGitWrites(pieces), `round ${round}`).toBe(whole.stdout.toString());
    const conflicts = pieces.filter((piece) => !('agreed' in piece)).length;
    expect(whole.status, `round ${round}`).toBe(conflicts);
    // Without the base git splits conflicts further, into where the sides really differ; solved for a side it is the same.
    const output = merge().stdout.toString();
    for (const side of ['ours', 'theirs'] as const) {
      const mine = pieces.map((piece) => Buffer.from('agreed' in piece ? piece.agreed : piece[side])).join('');
      expect(`${mine}\n`.replace(/\n\n$/, '\n'), `round ${round}, ${side}`).toBe(
        `${settled(output, side)}\n`.replace(/\n\n$/, '\n'),
      );
    }
    counts[conflicts === 0 ? 'clean' : 'conflicts']++;
  }
  expect(Math.min(counts.clean, counts.conflicts), JSON.stringify(counts)).toBeGreaterThan(MERGES / 10);
});
