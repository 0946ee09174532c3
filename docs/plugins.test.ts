import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkoutKit } from '../main/platform/plugin-files/author-kit.ts';
import { authorTools } from '../main/platform/plugin-files/author-tools.ts';
import { badPackages } from '../main/platform/plugin-files/testing/bad-packages.ts';
import { newPublisher } from '../main/platform/plugin-files/testing/package-draft.ts';
import { explanationOf } from '../renderer/features/plugins/package-problems.ts';

const repository = resolve(import.meta.dirname, '..');
const node = join(repository, 'node_modules/.bin/node');
const tools = authorTools(checkoutKit(repository));
let folder: string;

/** The files that the guide shows: a path in backquotes on a line of its own, then a block. */
function filesOfTheGuide(): Map<string, string> {
  const guide = readFileSync(join(import.meta.dirname, 'plugins.md'), 'utf8');
  const found = guide.matchAll(/^`words\/([^`]+)`\n\n?```\w+\n([\s\S]*?)^```$/gm);
  return new Map([...found].map(([, path = '', content = '']) => [path, content]));
}

beforeAll(() => {
  mkdirSync(join(repository, 'out'), { recursive: true });
  folder = mkdtempSync(join(repository, 'out/guide-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('every code of a package that is refused is in the guide, and in plain words in the window', () => {
  const guide = readFileSync(join(import.meta.dirname, 'plugins.md'), 'utf8');
  const codes = new Set(badPackages(newPublisher('Acme tools')).map(({ code }) => code));
  expect([...codes].filter((code) => !guide.includes(`\`${code}\``))).toEqual([]);
  expect([...codes].filter((code) => explanationOf(code) === undefined)).toEqual([]);
});

describe('the guide to writing a tool', () => {
  it('shows what a new plugin holds, whose test passes and which packs and signs to the same bytes each time', async () => {
    const words = join(folder, 'words');
    const files = await tools.create({ folder: words, id: 'words', publisher: 'Acme tools', template: 'node' });
    const shown = filesOfTheGuide();
    expect([...shown.keys(), 'README.md', 'package.json', 'tsconfig.json'].sort()).toEqual(files.toSorted());
    for (const [path, content] of shown) expect(readFileSync(join(words, path), 'utf8')).toBe(content);
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    execFileSync(node, ['--test', join(words, 'src/count.test.ts')], { env });

    const first = await tools.pack(words, join(folder, 'a'));
    const second = await tools.pack(words, join(folder, 'b'));
    expect(second.sha256).toBe(first.sha256);
    expect(await tools.check(first.file)).toMatchObject({ id: 'words', problems: [], warnings: [] });
    const key = join(folder, 'acme.pem');
    const signed = await tools.sign(first.file, { path: key, missing: 'create' });
    expect(signed).toMatchObject({
      publisher: 'Acme tools',
      publicKey: expect.stringMatching(/^MCowBQYDK2VwAyEA/) as string,
    });
    expect((await tools.sign(second.file, { path: key, missing: 'refuse' })).sha256).toBe(signed.sha256);
    await expect(
      tools.create({ folder: words, id: 'words', publisher: 'Acme tools', template: 'node' }),
    ).rejects.toThrow('not empty');
  }, 60_000);

  it('has a template in AssemblyScript whose module works, packs and signs without the compiler', async () => {
    const words = join(folder, 'tiny');
    await tools.create({ folder: words, id: 'tiny', publisher: 'Acme tools', template: 'wasm' });
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    execFileSync(node, ['--test', join(words, 'src/count.test.ts')], { env });
    const first = await tools.pack(words, join(folder, 'a'));
    const second = await tools.pack(words, join(folder, 'b'));
    expect(second.sha256).toBe(first.sha256);
    expect(await tools.check(first.file)).toMatchObject({ id: 'tiny', problems: [], warnings: [] });
    const key = join(folder, 'tiny.pem');
    expect(await tools.sign(first.file, { path: key, missing: 'create' })).toMatchObject({ publisher: 'Acme tools' });

    appendFileSync(join(words, 'assembly/index.ts'), '// changed\n');
    await expect(tools.pack(words, join(folder, 'c'))).rejects.toMatchObject({
      code: 'build_failed',
      why: expect.stringContaining('the compiler is not installed') as string,
    });
    rmSync(join(words, 'assembly'), { recursive: true });
    writeFileSync(join(words, 'plugin.wasm'), 'no module');
    await expect(tools.pack(words, join(folder, 'c'))).rejects.toMatchObject({
      message: expect.stringContaining('invalid_module') as string,
    });
  }, 60_000);
});
