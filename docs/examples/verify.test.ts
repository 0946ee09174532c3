import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { verifyExport } from '../../main/platform/audit-files/verify-export.ts';

const SCRIPT = fileURLToPath(new URL('verify.py', import.meta.url));
const CONFORMANCE = new URL('../../main/kernel/audit/conformance/', import.meta.url);
/** The first Python that has the package; `npm test` installs it for the system's own. */
const python = ['/usr/bin/python3', 'python3'].find(
  (each) => spawnSync(each, ['-c', 'import cryptography']).status === 0,
);

const folder = mkdtempSync(join(tmpdir(), 'cavern-verify-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const chain = readFileSync(new URL('chain.jsonl', CONFORMANCE), 'utf8');
const manifest = readFileSync(new URL('chain.jsonl.manifest.json', CONFORMANCE), 'utf8');
const lines = chain.trimEnd().split('\n');
const fileOf = (some: readonly string[]): string => some.map((line) => `${line}\n`).join('');

const cases: Record<string, { readonly chain: string; readonly manifest: string }> = {
  'as it is': { chain, manifest },
  'a record dropped': { chain: fileOf(lines.toSpliced(3, 1)), manifest },
  'a record doubled': { chain: fileOf(lines.toSpliced(3, 0, lines[3] ?? '')), manifest },
  'two records swapped': { chain: fileOf(lines.with(3, lines[4] ?? '').with(4, lines[3] ?? '')), manifest },
  'a record edited': { chain: chain.replace('"deny"', '"allow"'), manifest },
  'white space': { chain: chain.replace('"act":"m1",', '"act":"m1", '), manifest },
  'the end cut off': { chain: fileOf(lines.slice(0, 5)), manifest },
  'the last line end missing': { chain: chain.trimEnd(), manifest },
  'nothing at all': { chain: '', manifest },
  'a line too many': { chain: `${chain}${lines[6]}\n`, manifest },
  'another key': { chain, manifest: manifest.replace('"ebVW', '"ebVX') },
  'a shorter manifest': { chain, manifest: manifest.replace('"last":7', '"last":6') },
  'no manifest': { chain, manifest: '{}\n' },
};

test('the example needs nothing but Python and one package', () => {
  const imports = readFileSync(SCRIPT, 'utf8').matchAll(/^(?:import|from) ([a-z0-9]+)/gm);
  const standard = ['argparse', 'base64', 'hashlib', 'json', 're', 'sys'];
  expect(new Set(Array.from(imports, ([, name]) => name))).toEqual(new Set([...standard, 'cryptography']));
});

if (python !== undefined) {
  test('the example in Python gives the report of our own verifier, whatever was changed', async () => {
    const file = join(folder, 'chain.jsonl');
    for (const [name, { chain: text, manifest: manifestText }] of Object.entries(cases)) {
      writeFileSync(file, text);
      writeFileSync(`${file}.manifest.json`, manifestText);
      const { stdout, status } = spawnSync(python, [SCRIPT, file], { encoding: 'utf8' });
      const report = await verifyExport(file);
      expect(JSON.parse(stdout), name).toEqual(report);
      expect(status, name).toBe(report.ok ? 0 : 1);
      expect(report.ok, name).toBe(name === 'as it is');
    }
  });
}
