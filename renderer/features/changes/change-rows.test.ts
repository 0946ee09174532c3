import { expect, test } from 'vitest';
import type { Change } from '../../../schema/entities.ts';
import { changeRows } from './change-rows.ts';

const base = { kind: 'added', sizeBytes: 10, sha256: 'a' } as const;
const changes: Change[] = [
  { ...base, path: 'src/a.ts' },
  { ...base, path: 'node_modules/x.js', ignored: true },
  { ...base, path: '.env', secret: true, ignored: true },
];

test('ignored and secret-looking changes are set apart and counted', () => {
  const rows = changeRows({ changes, filter: '', open: new Set(['secret']) });
  expect(rows).toEqual([
    { type: 'change', change: changes[0] },
    { type: 'section', section: 'secret', count: 1, sizeBytes: 10, open: true },
    { type: 'change', change: changes[2] },
    { type: 'section', section: 'ignored', count: 1, sizeBytes: 10, open: false },
  ]);
});

test('the filter looks at the whole path and leaves out empty sections', () => {
  expect(changeRows({ changes, filter: 'SRC', open: new Set() })).toEqual([{ type: 'change', change: changes[0] }]);
});
