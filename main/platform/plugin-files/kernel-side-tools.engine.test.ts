import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shell } from '../container-engine/testing/sandbox-machine.ts';
import { callWith } from './tool-calls.fixture.ts';
import { ToolsMachine } from './testing/tools-machine.ts';

let machine: ToolsMachine;

beforeAll(async () => {
  machine = await ToolsMachine.open();
});
afterAll(() => machine[Symbol.asyncDispose]());

describe('beside the kernel and in the sandbox', () => {
  it('reading gives the same to the byte, whatever the session did', async () => {
    const workspace = await machine.workspaceOf({
      'src/a.txt': 'one\ntwo\n',
      'src/b.bin': Buffer.from([0, 255, 1]),
      'src/deep/c.txt': 'c',
      'gone/x': 'x',
      'replaced/old': 'old',
      'becomes-file/x': 'x',
      '.env': 'SECRET=1',
      'src/.env.local': 'SECRET=2',
      'big.txt': 'line of text\n'.repeat(200_000),
      'utf16.txt': Buffer.from('\ufeffone\r\nzwei \u0a0d ü\n', 'utf16le'),
      'mark.txt': '\ufeffx',
      'latin.txt': Buffer.from('Gr\xfc\xdfe', 'latin1'),
      'cut.txt': 'aüü😀',
      'no-end.txt': 'one\ntwo',
      'new\nline.txt': '1',
      chain0: 'end of the chain',
    });
    await writeFile(Buffer.concat([Buffer.from(`${workspace}/src/`), Buffer.from([0x66, 0xff])]), 'not utf-8');
    const session = await machine.started(workspace);
    await shell(
      machine.sandboxes,
      session,
      `set -e; echo more >> src/a.txt; rm -r gone; rm -r replaced; mkdir replaced; echo new > replaced/new; rm -r becomes-file; echo f > becomes-file
       ln -s src/a.txt link; ln -s /workspace/src dirlink; ln -s nowhere dangling; ln -s ../../etc up; ln -s loop loop; mkfifo pipe; mkdir -p fresh/deep; truncate -s 5G huge; mkdir many; cd many; seq 12000 | xargs touch; cd ..
       node -e 'require("net").createServer().listen("socket", () => process.exit())'
       for n in $(seq 45); do ln -s chain$((n - 1)) chain$n; done; touch fresh/deep/f
       echo private > closed; chmod 000 closed; echo s > src/.env.new; mv src/deep src/shallow; chmod 600 src/b.bin`,
    );
    const paths = [
      '.',
      'src',
      'src/a.txt',
      'src/b.bin',
      'src/deep',
      'src/shallow',
      'src/shallow/c.txt',
      'gone',
      'gone/x',
      'replaced',
      'replaced/old',
      'replaced/new',
      'becomes-file',
      'becomes-file/x',
      'link',
      'link/x',
      'dirlink',
      'dirlink/a.txt',
      'dangling',
      'up',
      'up/passwd',
      'loop',
      'chain39',
      'chain45',
      'pipe',
      'socket',
      'huge',
      'many',
      'utf16.txt',
      'mark.txt',
      'latin.txt',
      'cut.txt',
      'no-end.txt',
      'new\nline.txt',
      'fresh/deep',
      'closed',
      '.env',
      'src/.env.local',
      'src/.env.new',
      'big.txt',
      '/workspace/src/a.txt',
      '/workspace',
      'src/../link',
      'src/f\uFFFD',
      '../x',
      '/etc/passwd',
    ];
    const calls = paths.flatMap((path) =>
      ['fs.read', 'fs.list', 'fs.exists'].map((name) => ({ session, name, input: { path } as object })),
    );
    calls.push(
      { session, name: 'fs.read', input: { path: 'big.txt', offset: 1000, limitBytes: 50 } },
      { session, name: 'fs.read', input: { path: 'big.txt', lines: { from: 150_000, to: 150_003 } } },
      { session, name: 'fs.read', input: { path: 'src/b.bin', encoding: 'latin1' } },
      { session, name: 'fs.list', input: { limit: 3 } },
      { session, name: 'fs.list', input: { path: 'many', limit: 10_000 } },
    );
    const ranges: object[] = [
      ...[0, 1, 2, 3, 4, 5, 6, 100].map((limitBytes) => ({ path: 'cut.txt', limitBytes: limitBytes || 1 })),
      ...[0, 4, 8, 9, 1_000_000].map((offset) => ({ path: 'no-end.txt', offset })),
      { path: 'no-end.txt', lines: { from: 2, to: 2 } },
      { path: 'no-end.txt', lines: { from: 3, to: 9 } },
      { path: 'no-end.txt', lines: { from: 2, to: 1 } },
      { path: 'utf16.txt', lines: { from: 2, to: 2 } },
      { path: 'utf16.txt', limitBytes: 5 },
      { path: 'utf16.txt', encoding: 'base64', offset: 3 },
      { path: 'latin.txt', encoding: 'utf8' },
      { path: 'latin.txt', encoding: 'latin1' },
      { path: 'huge', offset: 5 * 1024 ** 3 - 1 },
      { path: 'huge', lines: { from: 2, to: 3 } },
    ];
    calls.push(...ranges.map((input) => ({ session, name: 'fs.read', input })));
    machine.askedInside = 0;
    for (const call of calls) {
      const outside = await callWith(machine.beside, call);
      expect({ call: call.name, input: call.input, ...outside }).toEqual({
        call: call.name,
        input: call.input,
        ...(await callWith(machine.inside, call)),
      });
      expect(JSON.stringify(outside)).toBe(JSON.stringify(await callWith(machine.inside, call)));
    }
    // Only the file whose mode lets nobody in.
    expect(machine.askedInside).toBe(1);
    await machine.sandboxes.remove(session);
  });

  it('searching gives the same to the byte, and is left to the sandbox where files are hidden or changed', async () => {
    const files: Record<string, string> = { '.gitignore': 'out\n', 'out/x.ts': 'needle', '.hidden/y.ts': 'needle' };
    for (let index = 0; index < 200; index += 1)
      files[`d${index % 9}/f${index}.ts`] = 'hay\nneedle in hay\n'.repeat((index % 5) + 1);
    const workspace = await machine.workspaceOf({
      ...files,
      'src/.gitignore': '*.gen.ts\n!kept.gen.ts\n',
      'src/a.gen.ts': 'needle',
      'src/kept.gen.ts': 'begin\nneedle {\n}\nafter\n',
      'src/new\nline.ts': 'needle',
      'src/latin.txt': Buffer.from('\xe9\xe9 needle \xe9\n', 'latin1'),
      'src/utf16.txt': Buffer.from('\ufeffneedle ü\n', 'utf16le'),
      'src/nul.bin': Buffer.from('needle\0needle\n'),
      'src/long.js': `${'ü'.repeat(9_000)}needle${'x'.repeat(9_000)}`,
    });
    await mkdir(join(workspace, '.git'));
    const session = await machine.started(workspace);
    const inputs = [
      ['search.grep', { pattern: 'needle' }],
      ['search.grep', { pattern: 'NEEDLE', letterCase: 'insensitive', before: 1, after: 1, limit: 20 }],
      ['search.grep', { pattern: 'hay.needle', multiline: true, globs: ['d1/**'] }],
      ['search.grep', { pattern: 'nothing like it' }],
      ['search.grep', { pattern: '(' }],
      ['search.grep', { pattern: 'needle', path: 'src', before: 2, after: 2 }],
      ['search.grep', { pattern: 'needle \\{.*?\\}', multiline: true, after: 1 }],
      ['search.grep', { pattern: 'needle', globs: ['*.{gen.ts,bin}', '!src/a*'] }],
      ['search.grep', { pattern: 'needle', globs: ['{a'] }],
      ['search.grep', { pattern: 'needle', path: 'src/nul.bin' }],
      ['search.glob', { globs: ['src/*', '!*.js'] }],
      ['search.grep', { pattern: 'needle', path: 'd3', hidden: true, ignored: true }],
      ['search.grep', { pattern: 'needle', path: 'd3/f3.ts' }],
      ['search.grep', { pattern: 'needle', path: 'none' }],
      ['search.glob', { globs: ['*.ts'] }],
      ['search.glob', { globs: ['d[12]/**'], limit: 5 }],
      ['search.glob', { globs: ['*.ts'], hidden: true, ignored: true, path: '.hidden' }],
    ] as const;
    machine.askedInside = 0;
    for (const [name, input] of inputs) {
      const outside = await callWith(machine.beside, { session, name, input });
      const within = await callWith(machine.inside, { session, name, input });
      expect(JSON.stringify({ ...outside, text: '' })).toBe(JSON.stringify({ ...within, text: '' }));
    }
    expect(machine.askedInside).toBe(0);
    await shell(machine.sandboxes, session, 'echo needle > added.ts');
    expect(
      await callWith(machine.beside, {
        session,
        name: 'search.grep',
        input: { pattern: 'needle', globs: ['added.ts'] },
      }),
    ).toMatchObject({
      result: { matches: [{ path: 'added.ts' }] },
    });
    expect(machine.askedInside).toBe(1);
    await machine.sandboxes.remove(session);
  });
});
