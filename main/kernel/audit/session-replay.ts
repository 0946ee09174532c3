import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { AuditBlockCount, AuditFilters } from '../../../schema/contract/audit.ts';
import type { Decision } from '../../../schema/policy.ts';
import type { AuditLog } from './audit-log.ts';

/** Decides again what a record tells of; undefined where it tells of no decision. */
export type RecordJudge = (record: AuditRecord) => Decision | undefined;

export interface ReplayedRecord {
  readonly record: AuditRecord;
  /** What the other policy says. */
  readonly again?: Decision;
}

const PAGE_LIMIT = 1000;

/** What passes the filters in the order it was written, in portions: the whole of a session is never in memory. */
export async function* inOrder(
  log: Pick<AuditLog, 'count' | 'query'>,
  filters: AuditFilters,
  signal: AbortSignal,
): AsyncGenerator<AuditRecord[], void, undefined> {
  const blocks: AuditBlockCount[] = [];
  await log.count({ filters, signal, onBlocks: (some) => blocks.push(...some) });
  for (const { first, last } of blocks.reverse()) {
    const records: AuditRecord[] = [];
    for (let before: number | null = last + 1; before !== null && !signal.aborted; ) {
      const page = await log.query({ filters, after: first - 1, before, limit: PAGE_LIMIT });
      records.push(...page.records);
      before = page.next;
    }
    yield records.reverse();
  }
}

/** A session's records in their order, each with what another policy says of it. */
export async function* replaySession(
  log: Pick<AuditLog, 'count' | 'query'>,
  filters: AuditFilters,
  { judge, signal }: { readonly judge: RecordJudge | undefined; readonly signal: AbortSignal },
): AsyncGenerator<{ records: ReplayedRecord[] }, void, undefined> {
  for await (const records of inOrder(log, filters, signal)) {
    yield {
      records: records.map((record) => {
        const again = judge?.(record);
        return again === undefined ? { record } : { record, again };
      }),
    };
  }
}
