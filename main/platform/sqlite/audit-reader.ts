import type { AuditRecord, AuditType } from '../../../schema/audit-record.ts';
import type { AuditFilters } from '../../../schema/contract/audit.ts';
import type { AuditPage, AuditQuery } from '../../kernel/audit/audit-store.ts';
import { type ChainHead, type ChainRow, recordOf } from '../../kernel/audit/chain.ts';
import { passesFilters } from '../../../schema/audit-filter.ts';
import { UnfinishedActs } from '../../kernel/audit/outcome.ts';
import { AuditSearch } from './audit-search.ts';
import { readChainBase } from './chain-base.ts';
import type { Connection } from './connection.ts';

const DEFAULT_PAGE = 100;
/** A page looks at no more records than this for what the index does not know; then it ends early and says where to go on. */
const EXAMINE_LIMIT = 20_000;
const SCAN_ROWS = 1000;

/** Reads the chain, on a connection of its own that only reads. */
export class AuditReader {
  readonly #connection: Connection;
  readonly #search: AuditSearch;
  readonly #row;
  readonly #hash;
  readonly #rowsAfter;
  readonly #head;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#search = new AuditSearch(connection);
    this.#row = connection.prepare<[number], ChainRow>('SELECT seq, hash, body FROM audit_record WHERE seq = ?');
    this.#hash = connection.prepare<[number], string>('SELECT hash FROM audit_record WHERE seq = ?').pluck();
    this.#rowsAfter = connection.prepare<[number, number], ChainRow>(
      'SELECT seq, hash, body FROM audit_record WHERE seq > ? ORDER BY seq LIMIT ?',
    );
    this.#head = connection.prepare<[], ChainHead>('SELECT seq, hash FROM audit_record ORDER BY seq DESC LIMIT 1');
  }

  /** The record before the first one. */
  base(): ChainHead {
    return readChainBase(this.#connection);
  }

  head(): ChainHead | undefined {
    return this.#head.get();
  }

  /** The record of that number as a head; undefined when there is none. */
  headAt(seq: number): ChainHead | undefined {
    const hash = this.#hash.get(seq);
    return hash === undefined ? undefined : { seq, hash };
  }

  page({ filters = {}, before, after = 0, limit = DEFAULT_PAGE }: AuditQuery): AuditPage {
    const records: AuditRecord[] = [];
    let examined = 0;
    for (const seq of this.#search.newestFirst(filters, { after, before: before ?? Number.MAX_SAFE_INTEGER })) {
      if (examined === EXAMINE_LIMIT) return { records, next: seq + 1 };
      examined += 1;
      const record = this.#record(seq);
      if (record === undefined || !passesFilters(record, filters)) continue;
      // One more than the page holds was found: there is a next one.
      if (records.length === limit) return { records, next: records.at(-1)?.seq ?? null };
      records.push(record);
    }
    return { records, next: null };
  }

  after(seq: number, limit: number): AuditRecord[] {
    const rows = this.#rowsAfter.all(seq, limit);
    const first = rows[0];
    let previous = first === undefined ? '' : this.#previousHash(first.seq);
    return rows.map((row) => {
      const record = recordOf(row, previous);
      previous = row.hash;
      return record;
    });
  }

  newest(type: AuditType): AuditRecord | undefined {
    const filters: AuditFilters = { types: [type] };
    for (const seq of this.#search.newestFirst(filters, { after: 0, before: Number.MAX_SAFE_INTEGER })) {
      const record = this.#record(seq);
      if (record?.type === type) return record;
    }
    return undefined;
  }

  unfinished(): AuditRecord[] {
    const acts = new UnfinishedActs();
    let seq = (this.newest('kernel_start')?.seq ?? 1) - 1;
    const last = this.head()?.seq ?? 0;
    while (seq < last) {
      const records = this.after(seq, SCAN_ROWS);
      for (const record of records) acts.add(record);
      seq = records.at(-1)?.seq ?? last;
    }
    return acts.list();
  }

  #record(seq: number): AuditRecord | undefined {
    const row = this.#row.get(seq);
    return row && recordOf(row, this.#previousHash(seq));
  }

  #previousHash(seq: number): string {
    return this.#hash.get(seq - 1) ?? this.base().hash;
  }
}
