import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '..');
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;
/** Our own packages of this repository. */
const OWN = '@cavern/';

type Manifest = { [kind in (typeof KINDS)[number]]?: Record<string, string> } & { readonly license?: string };

function manifestOf(file: string): Manifest {
  // package.json files have this form.
  return JSON.parse(readFileSync(join(repository, file), 'utf8')) as Manifest;
}

function named(): string[] {
  const files = ['package.json', ...globSync('plugins/*/package.json', { cwd: repository })];
  const names = files.flatMap((file) => KINDS.flatMap((kind) => Object.keys(manifestOf(file)[kind] ?? {})));
  return [...new Set(names.filter((name) => !name.startsWith(OWN)))].sort();
}

/** Each row's packages with the licence that it gives. */
function listed(): { name: string; licence: string }[] {
  const page = readFileSync(join(repository, 'docs/dependencies.md'), 'utf8');
  return page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, packages = '', , licence = ''] = line.split('|');
      return [...packages.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ name, licence: licence.trim() }));
    });
}

test('the page lists every dependency, once, and nothing else', () => {
  expect(
    listed()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(named());
});

test('the licences on the page are those that the packages state', () => {
  const wrong = listed().filter(
    ({ name, licence }) => manifestOf(`node_modules/${name}/package.json`).license !== licence,
  );
  expect(wrong).toEqual([]);
});

test('every dependency is pinned to one version', () => {
  const { dependencies, devDependencies } = manifestOf('package.json');
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, range]) => !/^\d/.test(range));
  expect(loose).toEqual([]);
});
