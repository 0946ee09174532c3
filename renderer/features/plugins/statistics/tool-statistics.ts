import type { AuditRecord } from '../../../../schema/audit-record.ts';

/** What the audit log says of the calls of one tool. */
export interface ToolStatistics {
  readonly calls: number;
  readonly denied: number;
  readonly failed: number;
  /** Milliseconds of the calls that were answered, the oldest first. */
  readonly timesMs: readonly number[];
}

/** How many records of each tool are looked at, the newest. */
export const RECORDS_LIMIT = 1000;
const TIMES_SHOWN = 60;

/** Counts the records of one tool (`call_decided`, `call_finished`), the newest first as the log gives them. A call that somebody cancelled did not fail. */
export function toolStatistics(records: readonly AuditRecord[]): ToolStatistics {
  const decided = records.filter(({ type }) => type === 'call_decided');
  const finished = records.filter(({ type }) => type === 'call_finished');
  const isStopped = ({ reason = '' }: AuditRecord): boolean => /^(cancelled|denied):/.test(reason);
  return {
    calls: decided.length,
    denied: decided.filter(({ decision }) => decision !== 'allow').length,
    failed: finished.filter((one) => one.reason !== undefined && !isStopped(one)).length,
    timesMs: finished
      .filter(({ reason }) => reason === undefined)
      .flatMap(({ durationMs }) => durationMs ?? [])
      .slice(0, TIMES_SHOWN)
      .toReversed(),
  };
}

/** The middle one, and the greatest. */
export function timesOf(timesMs: readonly number[]): { medianMs: number; slowestMs: number } | undefined {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const slowestMs = sorted.at(-1);
  const medianMs = sorted[Math.floor((sorted.length - 1) / 2)];
  return slowestMs === undefined || medianMs === undefined ? undefined : { medianMs, slowestMs };
}
