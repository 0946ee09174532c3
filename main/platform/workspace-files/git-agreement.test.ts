import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fromText } from '../../kernel/changes/files/byte-path.ts';
import { Pace } from '../../kernel/changes/pace.ts';
import { trackedPaths } from '../../kernel/changes/git/git-index.ts';
import { IgnoreRules } from '../../kernel/changes/listing/ignore-rules.ts';
import { mergeThreeWay } from '../../kernel/changes/three-way/three-way.ts';
import { layerFixture, picture, plant, whiteout } from './layer-fixture.ts';

const { signal } = new AbortController();
/** Enough for the long runs of CAVERN_LONG. */
vi.setConfig({ testTimeout: 600_000 });
const RUNS = process.env['CAVERN_LONG'] === undefined ? 60 : 3000;
const GIT = ['-c', 'core.hooksPath=/dev/null', '-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'core.quotePath=off'];
const env = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'cavern-git-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function git(folder: string, args: readonly string[], input?: string): string {
  return execFileSync('git', [...GIT, ...args], { cwd: folder, env, input, encoding: 'utf8' });
}

let next = 0;
function repository(): string {
  const folder = join(scratch, `repository-${next++}`);
  mkdirSync(folder);
  git(folder, ['init', '-q']);
  return folder;
}

const pattern = fc.oneof(
  fc.constantFrom(
    'a',
    '*',
    '*.b',
    '/a',
    'a/',
    '!a',
    'a/b',
    '/a/*',
    '**/b',
    'a/**',
    'a/**/b',
    '!*.b',
    '[ab]',
    '[!a]',
    '?.b',
  ),
  fc.constantFrom(
    '# a',
    '\\#a',
    'a ',
    'a\\ ',
    '',
    '[[:alpha:]]',
    '[a-b].b',
    '!/a/b',
    'a/*',
    '*/b',
    '\\!a',
    '[]a]',
    '**',
    '***',
    'a**b',
    'a[',
    '/',
  ),
  fc
    .array(fc.constantFrom('a', 'b', '.', '*', '?', '/', '**', '!', '[ab]', '[^b]', '\\'), { maxLength: 5 })
    .map((x) => x.join('')),
);
const path = fc
  .array(fc.constantFrom('a', 'b', 'a.b', 'b.b', '#a', '!a', 'a ', ']', 'axb'), { minLength: 1, maxLength: 4 })
  .map((segments) => segments.join('/'));

test('what .gitignore leaves out is what git leaves out', async () => {
  const folder = repository();
  await fc.assert(
    fc.asyncProperty(
      fc.array(pattern, { maxLength: 5 }),
      fc.array(pattern, { maxLength: 3 }),
      fc.uniqueArray(path, { minLength: 1, maxLength: 12 }),
      async (rules, deeper, paths) => {
        const files: Record<string, string> = {
          '.gitignore': `${rules.join('\n')}\n`,
          'a/.gitignore': `${deeper.join('\n')}\n`,
        };
        const rulesOf = new IgnoreRules(async (at) => files[at === '' ? '.gitignore' : `${at}/.gitignore`]);
        plant(folder, files);
        const asked = paths.filter((each) => each !== 'a');
        // check-ignore does not need the files to be there; what does not end in a slash is no folder.
        const answer = spawnSync('git', [...GIT, 'check-ignore', '--no-index', '--stdin', '-z'], {
          cwd: folder,
          env,
          input: asked.join('\0'),
          encoding: 'utf8',
        });
        const theirs = new Set(answer.stdout.split('\0').filter(Boolean));
        const ours = new Set<string>();
        for (const each of asked) if (await rulesOf.ignores(fromText(each), 'other')) ours.add(each);
        expect([...ours].sort()).toEqual([...theirs].sort());
      },
    ),
    { numRuns: RUNS * 3 },
  );
});

test('the paths that git tracks are read out of its index, in every version', async () => {
  const folder = repository();
  plant(folder, { a: '1', 'dir/b': '2', 'dir/bc': '3', 'dir/sub/é': '4', ['long/'.repeat(30)]: { folder: true } });
  plant(folder, { [`${'long/'.repeat(30)}x`]: '5', later: '6' });
  git(folder, ['add', '.']);
  git(folder, ['reset', '-q', 'later']);
  git(folder, ['add', '-N', 'later']);
  const expected = git(folder, ['ls-files', '-z']).split('\0').filter(Boolean).map(fromText);
  for (const version of ['2', '3', '4']) {
    git(folder, ['update-index', '--index-version', version]);
    const index = execFileSync('cat', [join(folder, '.git/index')]);
    expect([...((await trackedPaths(index, new Pace())) ?? [])], `version ${version}`).toEqual(expected);
  }
});

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 14 });
const edits = fc.array(
  fc.record({
    at: fc.nat(14),
    remove: fc.nat(2),
    insert: fc.array(fc.constantFrom('x', 'y', 'z', 'a'), { maxLength: 2 }),
  }),
  { maxLength: 3 },
);

function edited(
  base: readonly string[],
  changes: readonly { at: number; remove: number; insert: string[] }[],
): string[] {
  const result = [...base];
  for (const { at, remove, insert } of changes) result.splice(at, remove, ...insert);
  return result;
}

test('a three-way merge that is clean here is clean for git, with the same result', () => {
  let both = 0;
  let onlyGit = 0;
  fc.assert(
    fc.property(lines, edits, edits, fc.boolean(), (seed, ourEdits, theirEdits, ended) => {
      // Lines told apart by their place: which of two equal lines was kept is a matter of taste.
      const base = seed.map((line, index) => `${line}${index}`);
      const text = (all: readonly string[]): Buffer => Buffer.from(all.join('\n') + (ended ? '\n' : ''));
      const [ours, theirs] = [edited(base, ourEdits), edited(base, theirEdits)];
      const files = { base: text(base), ours: text(ours), theirs: text(theirs) };
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(scratch, name), bytes);
      const answer = spawnSync('git', ['merge-file', '-p', 'ours', 'base', 'theirs'], { cwd: scratch, env });
      const merged = mergeThreeWay(files.base, files.ours, files.theirs);
      if (merged.clean) {
        expect({ status: answer.status, text: answer.stdout.toString() }).toEqual({
          status: 0,
          text: merged.bytes.toString(),
        });
        both++;
      } else if (answer.status === 0) onlyGit++;
    }),
    { numRuns: RUNS * 4 },
  );
  expect(onlyGit).toBeLessThan(both / 10);
});

test('git applies an exported patch and comes to what the session saw', async () => {
  const text = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('');
  const workspace = {
    a: text,
    'dir/with space': 'one\ntwo',
    gone: 'gone\n',
    mode: 'm\n',
    link: { link: 'a' },
    type: 'was a file\n',
    'moved/from': `${text}end\n`,
    'é"q\t': 'odd\n',
    noend: 'no end',
  };
  using fixture = layerFixture({ workspace });
  plant(fixture.upper, {
    a: text.replace('line 3\n', 'LINE 3\n').replace('line 30\n', '').replace('line 39\n', 'line 39\nline 40'),
    'dir/with space': 'one\ntwo\nthree\n',
    mode: { text: 'm\n', mode: 0o755 },
    link: { link: 'dir' },
    type: { link: 'a' },
    'moved/to': `${text}END\n`,
    'é"q\t': 'odder\n',
    noend: 'no end\n',
    'new/file': 'n',
    'new/empty': '',
    binary: Buffer.from([0, 1, 2]),
  });
  whiteout(fixture.upper, 'gone');
  whiteout(fixture.upper, 'moved/from');
  const { patch, left } = await fixture.changes.exportPatch({ session: fixture.session, signal });
  expect(left).toEqual(['binary']);
  const folder = join(fixture.root, 'applied');
  mkdirSync(folder);
  plant(folder, workspace);
  git(folder, ['init', '-q']);
  git(folder, ['apply', '--whitespace=nowarn', '-'], patch);
  rmSync(join(folder, '.git'), { recursive: true });
  rmSync(join(fixture.upper, 'binary'));
  await fixture.changes.merge({ session: fixture.session, mode: 'apply', signal });
  expect(picture(folder)).toEqual(picture(fixture.workspace));
});

test('git applies an exported patch of random texts', async () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 25 }).map((all) => all.join('\n'));
  await fc.assert(
    fc.asyncProperty(texts, texts, async (before, after) => {
      using fixture = layerFixture({ workspace: { f: before } });
      plant(fixture.upper, { f: after });
      const { patch } = await fixture.changes.exportPatch({ session: fixture.session, signal });
      if (before === after) {
        expect(patch).toBe('');
        return;
      }
      const folder = join(scratch, `apply-${next++}`);
      mkdirSync(dirname(join(folder, 'f')), { recursive: true });
      plant(folder, { f: before });
      git(folder, ['apply', '--whitespace=nowarn', '-'], patch);
      expect(picture(folder)).toEqual({ f: `file 644 ${after}` });
    }),
    { numRuns: RUNS / 2 },
  );
});
