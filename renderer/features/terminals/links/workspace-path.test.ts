import { expect, test } from 'vitest';
import { placesIn } from './workspace-path.ts';

const read = (text: string, folder = '/workspace/app') =>
  placesIn(text, folder).map(({ path, line, column, start, end }) => [path, line, column, text.slice(start, end)]);

test('paths are found as compilers, tests and tools write them', () => {
  expect([
    ...read('src/main.ts:12:5: error'),
    ...read('  at run (/workspace/lib/a.js:3:1)'),
    ...read('src/a.ts(7,9): error TS2304'),
    ...read('  File "tests/test_it.py", line 40, in x'),
    ...read('modified:   README.md'),
    ...read('./x/../y.c:9'),
  ]).toEqual([
    ['app/src/main.ts', 12, 5, 'src/main.ts:12:5'],
    ['lib/a.js', 3, 1, '/workspace/lib/a.js:3:1'],
    ['app/src/a.ts', 7, 9, 'src/a.ts(7,9)'],
    ['app/tests/test_it.py', 40, undefined, 'tests/test_it.py", line 40'],
    ['app/README.md', undefined, undefined, 'README.md'],
    ['app/y.c', 9, undefined, './x/../y.c:9'],
  ]);
});

test('what leads out of the workspace, addresses and numbers are no links', () => {
  expect(
    [
      '../../../etc/passwd',
      '/etc/passwd:1',
      'https://example.com/a/b.html',
      '1.2.3',
      '12:30',
      'word',
      '~/x.txt',
    ].flatMap((text) => read(text).map(([path]) => path)),
  ).toEqual([]);
});
