import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { typeboxMembers } from './typebox-members.ts';

const TYPEBOX = resolve(import.meta.dirname, '../../../node_modules/typebox');

it('a bundle holds the parts of TypeBox that are used, also where a file imports it twice, as the package of the SDK does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-members-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(TYPEBOX, join(folder, 'node_modules/typebox'));
  const sizeOf = async (name: string, source: string): Promise<number> => {
    writeFileSync(join(folder, name), source);
    const { outputFiles } = await build({
      absWorkingDir: folder,
      entryPoints: [name],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
      plugins: [typeboxMembers],
    });
    return outputFiles[0]?.contents.length ?? 0;
  };
  const once = await sizeOf('once.ts', `import Type from 'typebox';\nexport const a = Type.String();\n`);
  const twice = await sizeOf(
    'twice.ts',
    `import Type2 from "typebox";\nexport const a = Type2.String();\nimport Type from "typebox";\nexport const b = Type.Integer();\n`,
  );
  expect(once).toBeLessThan(60_000);
  expect(twice).toBeLessThan(once + 10_000);
});
