import { expect, test } from 'vitest';
import type { UnchainedRecord } from './canonical.ts';
import { timelineOf } from './timeline.ts';

function record(at: number, part: Partial<UnchainedRecord>): UnchainedRecord {
  return { seq: at, at, type: 'call_decided', actor: 'operator', ...part };
}

test('a timeline counts records by kind and slot, with what was denied or reviewed', () => {
  const records = [
    record(100, { decision: 'allow' }),
    record(104, { decision: 'deny' }),
    record(109, { decision: 'require_review' }),
    record(199, { type: 'terminal_opened' }),
  ];
  expect(timelineOf(records, 10)).toEqual({
    sinceMs: 100,
    untilMs: 199,
    records: 4,
    lanes: [
      { kind: 'call', slots: [{ slot: 0, records: 3, denied: 1, reviewed: 1 }] },
      { kind: 'terminal', slots: [{ slot: 9, records: 1, denied: 0, reviewed: 0 }] },
    ],
  });
});

test('a timeline of nothing has no lanes; one of a single moment has one slot', () => {
  expect(timelineOf([], 5).lanes).toEqual([]);
  expect(timelineOf([record(7, {}), record(7, {})], 5).lanes).toEqual([
    { kind: 'call', slots: [{ slot: 0, records: 2, denied: 0, reviewed: 0 }] },
  ]);
});
