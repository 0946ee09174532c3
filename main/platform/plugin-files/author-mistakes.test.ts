import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toFault } from '../../../schema/fault.ts';
import { checkoutKit } from './author-kit.ts';
import { authorTools } from './author-tools.ts';

const LIMIT_MS = 60_000;
const tools = authorTools(checkoutKit(resolve(import.meta.dirname, '../../..')));
let scratch = '';
let good = '';

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'cavern mistakes-'));
  good = join(scratch, 'good');
  await tools.create({ folder: good, id: 'good', publisher: "Mc'Acme", template: 'node' });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What packing says of the plugin in which one text is another. */
async function said(file: string, from: string, to: string): Promise<{ message: string; why: string; fix: string }> {
  const folder = mkdtempSync(join(scratch, 'plugin-'));
  cpSync(good, folder, { recursive: true, verbatimSymlinks: true });
  const source = readFileSync(join(folder, file), 'utf8');
  expect(source).toContain(from);
  writeFileSync(join(folder, file), source.replace(from, to));
  const target = join(scratch, 'packed');
  const thrown = await tools.pack(folder, target).catch((failure: unknown) => failure);
  const { message, why = '', fix = '' } = toFault(thrown);
  expect(message.startsWith(`Cannot pack "${folder}": `)).toBe(true);
  expect(`${message}${why}${fix}`).not.toContain('cavern-pack-');
  return { message: message.slice(`Cannot pack "${folder}": `.length), why, fix };
}

describe('a mistake in a plugin is told with its place, why and what to do', () => {
  it.each([
    [
      'src/count.ts',
      'output: Type',
      'output Type',
      'src/count.ts:10:10: Expected "}" but found "Type"',
      'output Type.',
    ],
    ['src/count.ts', 'Type.Integer', 'Type.Text', 'src/count.ts:10:37: Import "Text" will always be', 'Type.Text'],
    ['src/count.ts', "from 'typebox'", "from 'typebax'", 'src/count.ts:5:18: Could not resolve "typebax"', 'typebax'],
    [
      'src/count.ts',
      'export const count',
      "throw new Error('boom');\nexport const count",
      'src/count.ts:7:7: boom',
      'run once',
    ],
    [
      'src/count.ts',
      'export const count',
      'const count',
      'src/plugin.ts:2:10: Import "count" will always be undefined',
      'count',
    ],
    [
      'src/count.ts',
      "description: 'Count the words of a file',",
      '',
      'the tool good.count has no description',
      'each tool',
    ],
    ['src/count.ts', 'async run', 'async walk', 'the tool good.count has no run', 'each tool'],
    ['src/plugin.ts', 'export const plugin', 'const plugin', 'src/plugin.ts exports no plugin', 'exports nothing'],
    [
      'src/plugin.ts',
      "license: 'MIT',",
      '',
      "invalid_manifest: definePlugin must have required property 'license'",
      'license',
    ],
    [
      'src/plugin.ts',
      'workspace.read',
      'workspace.reed',
      'must be one of "workspace.read", "workspace.write"',
      'workspace.write',
    ],
    [
      'src/plugin.ts',
      "'0.1.0'",
      "'1'",
      'invalid_manifest: definePlugin /version must be a semantic version, as 1.0.0',
      'as 1.0.0',
    ],
    ['src/plugin.ts', 'import', 'process.exit(1);\nimport', 'the build has ended itself', 'process.exit'],
  ])(
    '%s: %s → %s',
    async (file, from, to, message, why) => {
      const told = await said(file, from, to);
      expect(told.message).toContain(message);
      expect(told.why).toContain(why);
      expect(told.fix).not.toBe('');
    },
    LIMIT_MS,
  );

  it('and one in naming a folder before anything is written', async () => {
    const folder = join(scratch, 'My tool');
    const made = tools.create({ folder, id: 'My tool', publisher: 'me', template: 'node' });
    await expect(made).rejects.toMatchObject({ fix: `Choose another folder, as ${join(scratch, 'my-tool')}` });
    await expect(tools.create({ folder: good, id: 'good', publisher: 'me', template: 'node' })).rejects.toThrow(
      'empty',
    );
    await expect(tools.pack(scratch, scratch)).rejects.toMatchObject({ fix: expect.stringContaining('plugin new') });
    expect(readdirSync(scratch)).not.toContain('My tool');
  });

  it(
    'and one in naming a key, which is neither made nor written over',
    async () => {
      const { file } = await tools.pack(good, scratch);
      const path = join(scratch, 'notes.txt');
      writeFileSync(path, 'mine');
      const signed = tools.sign(file, { path, missing: 'create' });
      await expect(signed).rejects.toMatchObject({ why: expect.stringContaining('left as it is') });
      expect(readFileSync(path, 'utf8')).toBe('mine');
      const absent = tools.sign(file, { path: join(scratch, 'no.pem'), missing: 'refuse' });
      await expect(absent).rejects.toMatchObject({ fix: expect.stringContaining('--new-key') });
      const unpacked = tools.sign(good, { path, missing: 'refuse' });
      await expect(unpacked).rejects.toMatchObject({ fix: 'Pack it first: cavern plugin pack DIR' });
    },
    LIMIT_MS,
  );
});
