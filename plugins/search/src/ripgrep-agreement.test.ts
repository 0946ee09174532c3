import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PluginHarness } from '@cavern/plugin-sdk/harness';
import { rgPath } from '@vscode/ripgrep';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plugin } from './plugin.ts';

let workspace: string;
let search: PluginHarness;

beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'cavern-agreement-'));
  search = new PluginHarness({ plugin, workspace, pluginFolder: dirname(dirname(rgPath)) });
  mkdirSync(join(workspace, '.git'));
  const files: Record<string, string | Buffer> = {
    '.gitignore': 'out/\n*.log\n!keep.log\n',
    'sub/.gitignore': '/only-here.ts\n!b.log\n',
    'sub/.ignore': 'by-ignore.ts\n',
    'sub/.rgignore': 'by-rgignore.ts\n',
    'sub/only-here.ts': 'needle\n',
    'sub/by-ignore.ts': 'needle\n',
    'sub/by-rgignore.ts': 'needle\n',
    'sub/b.log': 'needle\n',
    'a.log': 'needle\n',
    'keep.log': 'needle\n',
    'out/deep/x.ts': 'needle\n',
    '.hidden/y.ts': 'needle\n',
    '.dot': 'needle\n',
    'src/a.ts': 'one\nneedle needle\nthree\nneedle\nfive\nsix\nseven\nneedle',
    'src/b.tsx': 'Needle\r\nneedles\r\nNEEDLE\r\n',
    'src/[c].js': 'needle (\n',
    'src/multi.ts': 'begin\nneedle {\n  x\n}\nafter 1\nafter 2\nafter 3\nneedle {\n}\n',
    'src/new\nline.ts': 'needle\n',
    'src/ü ä.ts': 'ünïcode needle ß\n',
    'bin/nul.bin': Buffer.from('needle\nmore\0needle\n'),
    'bin/first.bin': Buffer.from('\0needle\n'),
    'enc/utf16.txt': Buffer.from('\ufeffneedle ü\nzwei\n', 'utf16le'),
    'enc/mark.txt': '\ufeffneedle\n',
    'enc/latin.txt': Buffer.from('\xe9\xe9 needle \xe9 needle\n', 'latin1'),
    'empty.txt': '',
    'no-end.txt': 'needle',
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(workspace, path, '..'), { recursive: true });
    writeFileSync(join(workspace, path), content);
  }
  writeFileSync(Buffer.concat([Buffer.from(`${workspace}/`), Buffer.from([0x7a, 0xff])]), 'needle\n');
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

interface Found {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}

type RgText = { text?: string; bytes?: string };

/** What `rg` itself says: its words, in its order. */
function fromRipgrep(args: readonly string[]): { matches: string[][]; context: string[] } {
  const matches: string[][] = [];
  const context: string[] = [];
  let out = '';
  try {
    out = execFileSync(rgPath, ['--no-config', '--json', '--sort=path', ...args], { cwd: workspace }).toString();
  } catch (thrown) {
    // 1 where nothing is found, 2 where something could not be read.
    out = String((thrown as { stdout: Buffer }).stdout);
  }
  const plain = ({ text, bytes = '' }: RgText): string => text ?? Buffer.from(bytes, 'base64').toString();
  for (const row of out.split('\n').filter((each) => each !== '')) {
    const { type, data } = JSON.parse(row) as {
      type: string;
      data: { path: RgText; lines: RgText; line_number: number; submatches: { match: RgText }[] };
    };
    if (type !== 'match' && type !== 'context') continue;
    const where = `${plain(data.path).replace(/^\.\//, '')}:${data.line_number}`;
    if (type === 'context') context.push(`${where}:${plain(data.lines).replace(/\r?\n$/, '')}`);
    else
      matches.push([
        where,
        plain(data.lines).replace(/\r?\n$/, ''),
        ...data.submatches.map(({ match }) => plain(match)),
      ]);
  }
  return { matches, context };
}

async function fromTool(input: object): Promise<{ matches: string[][]; context: Set<string> }> {
  const { matches } = (await search.call('grep', input)).result as {
    matches: (Found & { before: Found[]; after: Found[] })[];
  };
  const context = matches.flatMap(({ path, before, after }) =>
    [...before, ...after].map(({ line, text }) => `${path}:${line}:${text}`),
  );
  return {
    context: new Set(context),
    matches: matches.map(({ path, line, text, ranges }) => [
      `${path}:${line}`,
      text,
      ...ranges.map(({ start, end }) => Buffer.from(text).toString('utf8', start, end)),
    ]),
  };
}

const sorted = (rows: readonly string[][]): string[] => rows.map((row) => JSON.stringify(row)).sort();

it.each<[name: string, input: object, args: string[]]>([
  ['everything', { pattern: 'needle' }, ['-e', 'needle', '.']],
  ['a part of the tree', { pattern: 'needle', path: 'src' }, ['-e', 'needle', 'src']],
  ['one file, also a binary one', { pattern: 'needle', path: 'bin/nul.bin' }, ['-e', 'needle', 'bin/nul.bin']],
  ['hidden files', { pattern: 'needle', hidden: true }, ['--hidden', '-g', '!.git', '-e', 'needle', '.']],
  ['ignored files', { pattern: 'needle', ignored: true }, ['--no-ignore', '-e', 'needle', '.']],
  ['braces', { pattern: 'needle', globs: ['*.{ts,js}'] }, ['-g', '*.{ts,js}', '-e', 'needle', '.']],
  [
    'what is left out',
    { pattern: 'needle', globs: ['!src/**', '!*.bin'] },
    ['-g', '!src/**', '-g', '!*.bin', '-e', 'needle', '.'],
  ],
  [
    'both, the last one counting',
    { pattern: 'needle', globs: ['*.ts', '!src/*', 'src/a*'] },
    ['-g', '*.ts', '-g', '!src/*', '-g', 'src/a*', '-e', 'needle', '.'],
  ],
  ['a name in brackets', { pattern: 'needle', globs: ['\\[c\\].js'] }, ['-g', '\\[c\\].js', '-e', 'needle', '.']],
  ['an ignored file by its name', { pattern: 'needle', globs: ['a.log'] }, ['-g', 'a.log', '-e', 'needle', '.']],
  [
    'context that overlaps',
    { pattern: 'needle', path: 'src/a.ts', before: 2, after: 3 },
    ['-B2', '-A3', '-e', 'needle', 'src/a.ts'],
  ],
  [
    'context after several lines',
    { pattern: 'needle \\{.*?\\}', path: 'src', multiline: true, after: 2, before: 1 },
    ['-U', '--multiline-dotall', '-A2', '-B1', '-e', 'needle \\{.*?\\}', 'src'],
  ],
  ['words', { pattern: 'needle', wholeWords: true, letterCase: 'insensitive' }, ['-w', '-i', '-e', 'needle', '.']],
  ['letters of no ASCII', { pattern: 'Ü\\w+', letterCase: 'insensitive' }, ['-i', '-e', 'Ü\\w+', '.']],
  ['a literal', { pattern: 'needle (', syntax: 'literal' }, ['-F', '-e', 'needle (', '.']],
  ['looking around', { pattern: 'needle(?!s)(?= n)', syntax: 'pcre2' }, ['-P', '-e', 'needle(?!s)(?= n)', '.']],
  ['beginnings and ends of lines', { pattern: '^needles?$' }, ['-e', '^needles?$', '.']],
  ['nothing', { pattern: 'x{0}$', path: 'no-end.txt' }, ['-e', 'x{0}$', 'no-end.txt']],
  ['at most so many of a file', { pattern: 'needle', limitPerFile: 1 }, ['-m1', '-e', 'needle', '.']],
])('%s: as rg --json has it', async (_, input, args) => {
  const expected = fromRipgrep(args);
  const found = await fromTool(input);
  expect(sorted(found.matches)).toEqual(sorted(expected.matches));
  expect([...found.context].sort()).toEqual(expected.context.toSorted());
});

it.each(['(', '[z-a]', 'a{1,', '\\p{Nothing}', '(?<=x)', '(?<n>a)(?<n>b)', `(?:a{1000}){1000}{1000}`])(
  'the pattern %s is refused with ripgrep’s reason',
  async (pattern) => {
    expect(await search.refusal('grep', { pattern })).toBe('invalid_pattern');
  },
);

it('shows a long line around what matched, with the places of the matches in it', async () => {
  const line = `${'ä'.repeat(50_000)}needle${'x'.repeat(500)}needle${'ö'.repeat(50_000)}needle`;
  writeFileSync(join(workspace, 'long.min.js'), `${line}\n`);
  const { matches } = (await search.call('grep', { pattern: 'needle', path: 'long.min.js' })).result as {
    matches: Found[];
  };
  const [{ text, ranges }] = matches as [Found];
  expect(text.length).toBe(2002);
  expect(text).toMatch(/^…ä{200}needlex{500}needleö+…$/);
  expect(ranges.map(({ start, end }) => Buffer.from(text).toString('utf8', start, end))).toEqual(['needle', 'needle']);
  rmSync(join(workspace, 'long.min.js'));
});

it('gives up on no file because of another: what cannot be searched is a warning', async () => {
  writeFileSync(join(workspace, 'src/slow.txt'), `${'a'.repeat(60)}!\n`);
  const { result } = await search.call('grep', { pattern: '^(a+)+$', syntax: 'pcre2', path: 'src/slow.txt' });
  expect(result).toMatchObject({ matches: [], warnings: [expect.stringContaining('src/slow.txt') as string] });
  rmSync(join(workspace, 'src/slow.txt'));
});

it('ends in the middle of a search when it is cancelled', async () => {
  mkdirSync(join(workspace, 'huge'));
  for (let index = 0; index < 40; index += 1)
    writeFileSync(join(workspace, `huge/${index}`), 'hay\nneedle\n'.repeat(100_000));
  const stop = new AbortController();
  const began = performance.now();
  const refusal = search.refusal(
    'grep',
    { pattern: 'needle', path: 'huge', limit: 10_000, limitPerFile: 200 },
    { signal: stop.signal, onOutput: () => stop.abort() },
  );
  expect(await refusal).toBe('cancelled');
  expect(performance.now() - began).toBeLessThan(10_000);
  rmSync(join(workspace, 'huge'), { recursive: true });
});

it('answers while the tree changes under it', async () => {
  const folder = join(workspace, 'moving');
  const change = (): void => {
    rmSync(folder, { recursive: true, force: true });
    for (let index = 0; index < 200; index += 1) {
      mkdirSync(join(folder, `${index % 10}`), { recursive: true });
      writeFileSync(join(folder, `${index % 10}/${index}`), 'needle\n');
    }
  };
  change();
  const calls = Array.from({ length: 6 }, () => search.call('grep', { pattern: 'needle', globs: ['!*.bin'] }));
  const names = Array.from({ length: 6 }, () => search.call('glob', { globs: ['moving/**'] }));
  change();
  chmodSync(folder, 0o755);
  for (const { result } of await Promise.all(calls)) {
    expect((result as { matches: Found[] }).matches.map(({ path }) => path)).toContain('src/a.ts');
  }
  await Promise.all(names);
  rmSync(folder, { recursive: true });
});
