import { expect, test } from 'vitest';
import type { AuditRecord } from '../../../../schema/audit-record.ts';
import { timesOf, toolStatistics } from './tool-statistics.ts';

const record = (part: Partial<AuditRecord>): AuditRecord => ({
  seq: 1,
  at: 1,
  type: 'call_finished',
  actor: 'operator',
  prev: '',
  hash: '',
  ...part,
});

test('calls, denials and failures are counted apart, and a cancelled call did not fail', () => {
  expect(
    toolStatistics([
      record({ durationMs: 9 }),
      record({ durationMs: 5, reason: 'tool_failed: no' }),
      record({ durationMs: 7, reason: 'cancelled: gone' }),
      record({ durationMs: 3 }),
      record({ type: 'call_decided', decision: 'allow' }),
      record({ type: 'call_decided', decision: 'allow' }),
      record({ type: 'call_decided', decision: 'allow' }),
      record({ type: 'call_decided', decision: 'allow' }),
      record({ type: 'call_decided', decision: 'deny' }),
    ]),
  ).toEqual({ calls: 5, denied: 1, failed: 1, timesMs: [3, 9] });
});

test('the median of an even count is the lower one of the middle', () => {
  expect([timesOf([]), timesOf([4]), timesOf([9, 1, 5, 3])]).toEqual([
    undefined,
    { medianMs: 4, slowestMs: 4 },
    { medianMs: 3, slowestMs: 9 },
  ]);
});
