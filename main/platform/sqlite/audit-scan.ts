import { passesFilters } from '../../../schema/audit-filter.ts';
import type { AuditBlockCount, AuditFilters } from '../../../schema/contract/audit.ts';
import type { UnchainedRecord } from '../../kernel/audit/canonical.ts';
import { BLOCK_RECORDS, firstSeqOf, markedNewestFirst } from './audit-block.ts';
import { AuditSearch, isIndexed } from './audit-search.ts';
import type { Connection } from './connection.ts';

interface Row {
  readonly seq: number;
  readonly body: string;
}

/** Looks at every record that a filter may mean: for counts and pictures of a whole chain. */
export class AuditScan {
  readonly #search: AuditSearch;
  readonly #rows;
  readonly #firstSeq;

  constructor(connection: Connection) {
    this.#search = new AuditSearch(connection);
    this.#rows = connection.prepare<[number, number], Row>(
      'SELECT seq, body FROM audit_record WHERE seq BETWEEN ? AND ? ORDER BY seq DESC',
    );
    this.#firstSeq = connection.prepare<[], number | null>('SELECT min(seq) FROM audit_record').pluck();
  }

  /** Counts what passes up to that record, block by block from the newest; a block without a match is left out. */
  *counts(filters: AuditFilters, throughSeq: number): Generator<AuditBlockCount> {
    const { firstUnindexed } = this.#search.ends;
    if (throughSeq >= firstUnindexed) {
      const count = this.#passing(filters, { first: firstUnindexed, last: throughSeq }).length;
      if (count > 0) yield { first: firstUnindexed, last: throughSeq, count };
    }
    const oldest = this.#firstSeq.get() ?? 1;
    const isAnswered = isIndexed(filters);
    for (const { block, bits, isExact } of this.#search.blocksNewestFirst(filters, this.#everything())) {
      const first = firstSeqOf(block);
      const last = Math.min(first + BLOCK_RECORDS - 1, throughSeq);
      // The records at the beginning of the oldest block may lie in an archive; one that was filled meanwhile goes beyond the count.
      const isWhole = first >= oldest && last === first + BLOCK_RECORDS - 1;
      if (first > throughSeq) continue;
      const marked = new Set(markedNewestFirst(block, bits));
      if (marked.size === 0) continue;
      const count =
        isAnswered && isExact && isWhole ? marked.size : this.#passing(filters, { first, last, marked }).length;
      if (count > 0) yield { first, last, count };
    }
  }

  /** Every record that passes, newest first. */
  *records(filters: AuditFilters): Generator<UnchainedRecord> {
    const { lastSeq, firstUnindexed } = this.#search.ends;
    if (lastSeq >= firstUnindexed) yield* this.#passing(filters, { first: firstUnindexed, last: lastSeq });
    for (const { block, bits } of this.#search.blocksNewestFirst(filters, this.#everything())) {
      const marked = new Set(markedNewestFirst(block, bits));
      const first = firstSeqOf(block);
      if (marked.size > 0) yield* this.#passing(filters, { first, last: first + BLOCK_RECORDS - 1, marked });
    }
  }

  #everything(): { readonly after: number; readonly before: number } {
    return { after: Math.max(0, (this.#firstSeq.get() ?? 1) - 1), before: Number.MAX_SAFE_INTEGER };
  }

  #passing(filters: AuditFilters, range: { first: number; last: number; marked?: Set<number> }): UnchainedRecord[] {
    const needle = needleOf(filters.text);
    const passing: UnchainedRecord[] = [];
    for (const { seq, body } of this.#rows.all(range.first, range.last)) {
      if (range.marked?.has(seq) === false) continue;
      if (needle !== undefined && !body.toLowerCase().includes(needle)) continue;
      // What is stored was made by canonicalBody from a record.
      const record = JSON.parse(body) as UnchainedRecord;
      if (passesFilters(record, filters)) passing.push(record);
    }
    return passing;
  }
}

/** What the stored JSON of a record with that text contains in any case; undefined where that is not certain. */
function needleOf(text: string | undefined): string | undefined {
  // Letters beyond ASCII may change their lower case with what stands beside them.
  if (text === undefined || !/^[\u0020-\u007e]*$/.test(text)) return undefined;
  return JSON.stringify(text.toLowerCase()).slice(1, -1);
}
