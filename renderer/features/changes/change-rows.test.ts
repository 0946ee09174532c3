import { expect, test } from 'vitest';
import type { Change } from '../../../schema/entities.ts';
import { changeRows, countKinds, neighbour, type RowsOptions } from './change-rows.ts';

const base = { kind: 'added', sizeBytes: 10, sha256: 'a' } as const;
const changes: Change[] = [
  { ...base, path: 'src/a.ts' },
  { ...base, path: 'node_modules/x.js', ignored: true },
  { ...base, path: '.env', secret: true, ignored: true },
];
const plain: Omit<RowsOptions, 'changes'> = {
  filter: '',
  kinds: new Set(),
  arrangement: 'list',
  open: new Set(),
  closed: new Set(),
};

test('ignored and secret-looking changes are set apart and counted', () => {
  expect(changeRows({ ...plain, changes, open: new Set(['secret']) })).toEqual([
    { type: 'change', change: changes[0], depth: 0 },
    { type: 'section', section: 'secret', count: 1, sizeBytes: 10, open: true },
    { type: 'change', change: changes[2], depth: 0 },
    { type: 'section', section: 'ignored', count: 1, sizeBytes: 10, open: false },
  ]);
});

test('the filter looks at the whole path and leaves out empty sections', () => {
  expect(changeRows({ ...plain, changes, filter: 'SRC' })).toEqual([{ type: 'change', change: changes[0], depth: 0 }]);
});

test('a tree has folders before files, joins those with one child and counts what is below', () => {
  const deep = ['a/b/one.ts', 'a/b/two.ts', 'c/x/three.ts', 'c/four.ts', 'top.ts'].map((path) => ({ ...base, path }));
  const rows = changeRows({ ...plain, changes: deep, arrangement: 'tree', closed: new Set(['c/x']) });
  const shown = rows.map((row) =>
    row.type === 'folder'
      ? `${row.depth} ${row.label}/ ${row.count} ${row.open}`
      : row.type === 'change'
        ? `${row.depth} ${row.change.path}`
        : row.section,
  );
  expect(shown).toEqual([
    '0 a/b/ 2 true',
    '1 a/b/one.ts',
    '1 a/b/two.ts',
    '0 c/ 2 true',
    '1 x/ 1 false',
    '1 c/four.ts',
    '0 top.ts',
  ]);
});

test('a list is narrowed to kinds, and conflicts are counted beside them', () => {
  const mixed: Change[] = [
    { ...base, path: 'a' },
    { ...base, path: 'b', kind: 'modified', conflict: true },
    { ...base, path: 'c', kind: 'modified' },
  ];
  expect([...countKinds(mixed)]).toEqual([
    ['added', 1],
    ['modified', 2],
    ['conflict', 1],
  ]);
  const rows = changeRows({ ...plain, changes: mixed, kinds: new Set(['conflict']) });
  expect(rows).toEqual([{ type: 'change', change: mixed[1], depth: 0 }]);
});

test('a step goes from change to change, over what stands between', () => {
  const rows = changeRows({ ...plain, changes, open: new Set(['secret', 'ignored']) });
  expect([neighbour(rows, 'src/a.ts', 1)?.path, neighbour(rows, undefined, 1)?.path]).toEqual(['.env', 'src/a.ts']);
});
