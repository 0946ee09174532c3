import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');

/** The last column of the table of threats: a file, and the test in it that stands for the row. */
const rows = [...read('docs/security.md').matchAll(/^\| ([^|]+) \|[^|]+\| `([^`]+)`: ([^|]+) \|$/gm)].map(
  ([, threat = '', file = '', title = '']) => ({ threat, file, title: title.trim() }),
);

test('every threat has a test', () => {
  const table = /^\| threat [^]*?\n\n/m.exec(read('docs/security.md'))?.[0] ?? '';
  expect(rows.length).toBe(table.trim().split('\n').length - 2);
  expect(rows.length).toBeGreaterThan(20);
});

test.each(rows)('the test that stands against "$threat" is there', ({ file, title }) => {
  expect(existsSync(join(repository, file)), file).toBe(true);
  expect(read(file)).toContain(title);
  if (/\.(test|spec)\.tsx?$/.test(file)) return;
  // A list of attempts is run by a test that imports it.
  const tests = globSync('main/platform/container-engine/*.engine.test.ts', { cwd: repository });
  expect(tests.filter((path) => read(path).includes(`/${basename(file)}'`))).not.toEqual([]);
});
