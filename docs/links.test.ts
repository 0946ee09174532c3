import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '..');
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: repository })].sort();
/** Folders that only exist after a build or a test, the plugin that a guide writes, and what stands for a name of the reader's. */
const MADE = /^(out|dist|test-results|node_modules)\/|[<>A-Z]{3,}|^plugins\/words\//;
/** Folders of the repository's root: a name in code that begins with one is a path of the repository. */
const ROOTS = /^(docs|main|renderer|schema|preload|plugins|profiles|e2e|bench|scripts)\//;

function read(page: string): string {
  return readFileSync(join(repository, page), 'utf8');
}

/** The same names that GitHub gives to headings. */
function anchors(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(PAGES)('every link of %s leads somewhere', (page) => {
  const broken = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(repository, file))) return true;
      return anchor !== undefined && !anchors(file).includes(anchor);
    });
  expect(broken).toEqual([]);
});

test.each(PAGES)('every path of the repository that %s names is there', (page) => {
  const missing = [...read(page).matchAll(/`([\w@./*<>-]+)`/g)]
    .map(([, name = '']) => name)
    .filter((name) => ROOTS.test(name) && !MADE.test(name))
    .filter((name) => {
      const pattern = name.replaceAll(/<[^>]+>/g, '*').replace(/\/$/, '');
      return globSync(pattern, { cwd: repository }).length === 0;
    });
  expect(missing).toEqual([]);
});

test('every threat of the security page names tests that are there', () => {
  const rows = read('docs/security.md')
    .split('\n')
    .filter((line) => /^\| (?!threat|---)/.test(line));
  const missing = rows.filter((row) => {
    const tests = [...(row.split('|')[3] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    return tests.length === 0 || tests.some((name) => globSync(name, { cwd: repository }).length === 0);
  });
  expect(rows.length).toBeGreaterThan(10);
  expect(missing).toEqual([]);
});
