import { expect, test } from 'vitest';
import { type FilteredRecord, passesFilters } from './audit-filter.ts';
import type { AuditFilters } from './contract/audit.ts';

const record: FilteredRecord = {
  seq: 7,
  at: 1000,
  type: 'call_decided',
  actor: 'plugin:fs',
  act: 'a1',
  tool: 'fs.write',
  decision: 'deny',
  rule: 'no-lock-files',
  path: 'src/app/main.ts',
  input: '{"content":"Straße"}',
  data: { call: 'tool.call', terminal: 'T-42', inner: { reason: 'Nested' } },
};

test('a record passes when every filter that is given fits', () => {
  const passing: AuditFilters[] = [
    {},
    { types: ['call_decided', 'genesis'] },
    { actor: 'plugin:fs', tool: 'fs.write', decision: 'deny', rule: 'no-lock-files', act: 'a1' },
    { sinceMs: 1000, untilMs: 1000 },
    { path: 'src' },
    { path: 'src/' },
    { path: 'src/app/main.ts' },
    { text: 'STRASSE'.replace('SS', 'ß') },
    { text: 't-42' },
    { text: 'nested' },
  ];
  expect(passing.filter((filters) => !passesFilters(record, filters))).toEqual([]);
});

test('a record does not pass when one filter does not fit', () => {
  const failing: AuditFilters[] = [
    { types: [] },
    { types: ['call_decided'], rule: 'another' },
    { sinceMs: 1001 },
    { untilMs: 999 },
    { path: 'src/ap' },
    { path: 'main.ts' },
    { text: 'terminal' },
    { act: 'a' },
  ];
  expect(failing.filter((filters) => passesFilters(record, filters))).toEqual([]);
});
