import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { componentsOf } from '../../kernel/plugins/packages/sbom.ts';
import { layServer, writeMcpPlugin } from './mcp-plugin-folder.ts';

let place = '';
let server = '';
const folder = (): string => join(place, 'notes');

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'cavern-mcp-'));
  server = join(place, 'notes.mjs');
  writeFileSync(server, 'server');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

it('a server is copied into a folder of its own, and gone from there where nothing came of it', () => {
  const laid = layServer({ folder: folder(), server });
  expect([laid.entry, readFileSync(join(folder(), 'notes.mjs'), 'utf8')]).toEqual(['notes.mjs', 'server']);
  laid.undo();
  expect([existsSync(folder()), existsSync(server)]).toEqual([false, true]);
});

it('a server that lies in the folder stays where it is', () => {
  mkdirSync(join(folder(), 'dist'), { recursive: true });
  writeFileSync(join(folder(), 'dist/index.js'), 'server');
  const laid = layServer({ folder: folder(), server: join(folder(), 'dist/index.js') });
  laid.undo();
  expect([laid.entry, existsSync(join(folder(), 'dist/index.js'))]).toEqual(['dist/index.js', true]);
});

it('a program for Linux is known by how it begins, and may be run where it was copied', () => {
  writeFileSync(server, Buffer.from('\x7fELF\x02\x01', 'latin1'), { mode: 0o644 });
  const laid = layServer({ folder: folder(), server });
  expect([laid.program, statSync(join(folder(), laid.entry)).mode & 0o777]).toEqual(['binary', 0o755]);
  writeFileSync(server, '');
  expect(layServer({ folder: join(place, 'empty'), server })).not.toHaveProperty('program');
});

it('nothing that is there is replaced', () => {
  mkdirSync(folder());
  writeFileSync(join(folder(), 'mine.txt'), '');
  expect(() => layServer({ folder: folder(), server })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  writeFileSync(join(folder(), 'a.js'), '');
  writeFileSync(join(folder(), 'plugin.json'), '{}');
  expect(() => layServer({ folder: folder(), server: join(folder(), 'a.js') })).toThrow(/plugin\.json already/);
  expect(() => layServer({ folder: join(place, 'Notes'), server })).toThrow(/other letters/);
  expect(() => layServer({ folder: join(place, 'other'), server: join(place, 'none') })).toThrow(/no such file/);
  expect(readdirSync(place).sort()).toEqual(['notes', 'notes.mjs']);
});

it('the manifest has the words of its publisher, and the list of contents the packages beside the server', () => {
  layServer({ folder: folder(), server });
  for (const [path, name] of [
    ['a', 'a'],
    ['@b/c', '@b/c'],
    ['@b/c/node_modules/d', 'd'],
    ['a/lib', 'no-package'],
  ] as const) {
    mkdirSync(join(folder(), 'node_modules', path), { recursive: true });
    writeFileSync(join(folder(), 'node_modules', path, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
  }
  writeFileSync(join(folder(), 'node_modules/a/node_modules'), 'no folder');
  mkdirSync(join(folder(), 'pydantic_core-2.46.5.dist-info'));
  const metadata = 'Metadata-Version: 2.5\nName: pydantic_core\nVersion: 2.46.5\n\nName: of the readme\n';
  writeFileSync(join(folder(), 'pydantic_core-2.46.5.dist-info/METADATA'), metadata);
  mkdirSync(join(folder(), 'broken-1.dist-info'));
  const draft = JSON.stringify({ id: 'notes', version: '2.0.0', publisher: 'somebody else', license: 'none' });
  const words = { folder: folder(), draft, publisher: 'Acme', license: 'MIT' };
  expect(writeMcpPlugin(words)).toEqual(['plugin.json', 'sbom.json']);
  const manifest = JSON.parse(readFileSync(join(folder(), 'plugin.json'), 'utf8')) as unknown;
  expect(manifest).toMatchObject({ id: 'notes', publisher: 'Acme', license: 'MIT', sbom: 'sbom.json' });
  expect(componentsOf(readFileSync(join(folder(), 'sbom.json'), 'utf8'))).toEqual([
    { name: 'notes', version: '2.0.0', license: 'MIT' },
    { name: 'd', version: '1.0.0' },
    { name: '@b/c', version: '1.0.0' },
    { name: 'a', version: '1.0.0' },
    { name: 'pydantic_core', version: '2.46.5' },
  ]);
  expect(() => writeMcpPlugin({ ...words, draft: '[]' })).toThrow(/no manifest/);
});
