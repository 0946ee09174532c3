import type { AuditFilters } from '../../../schema/contract/audit.ts';
import {
  allBits,
  type AuditTerm,
  type IndexedField,
  firstSeqOf,
  intersect,
  markedNewestFirst,
  union,
} from './audit-block.ts';
import type { Connection } from './connection.ts';

/** Blocks are looked up this many at a time. */
const BLOCKS_AT_A_TIME = 64;

interface BlockRow {
  readonly block: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

interface Wanted {
  readonly field: IndexedField;
  readonly values: readonly string[];
}

/** Finds the records that may pass a filter, from the index of blocks. What the index does not know is left to the caller. */
export class AuditSearch {
  readonly #lastBlock;
  readonly #lastSeq;
  readonly #blocks;
  readonly #terms;

  constructor(connection: Connection) {
    this.#lastBlock = connection.prepare<[], number | null>('SELECT max(block) FROM audit_block').pluck();
    this.#lastSeq = connection.prepare<[], number | null>('SELECT max(seq) FROM audit_record').pluck();
    this.#blocks = connection.prepare<[number, number], BlockRow>(
      `SELECT block, first_at AS firstAtMs, last_at AS lastAtMs FROM audit_block
       WHERE block BETWEEN ? AND ? ORDER BY block DESC`,
    );
    this.#terms = connection.prepare<[string, string, number, number], Pick<AuditTerm, 'bits'> & { block: number }>(
      'SELECT block, bits FROM audit_term WHERE field = ? AND value = ? AND block BETWEEN ? AND ?',
    );
  }

  /** Numbers below `before`, newest first. Every record that passes the filters is among them; others may be. */
  *newestFirst(filters: AuditFilters, before: number): Generator<number> {
    const lastBlock = this.#lastBlock.get() ?? -1;
    const firstUnindexed = firstSeqOf(lastBlock + 1);
    for (let seq = Math.min(before - 1, this.#lastSeq.get() ?? 0); seq >= firstUnindexed; seq -= 1) yield seq;
    for (let to = lastBlock; to >= 0; to -= BLOCKS_AT_A_TIME) {
      if (firstSeqOf(to - BLOCKS_AT_A_TIME + 1) >= before) continue;
      yield* this.#inBlocks(filters, { from: Math.max(0, to - BLOCKS_AT_A_TIME + 1), to, before });
    }
  }

  *#inBlocks(filters: AuditFilters, range: { from: number; to: number; before: number }): Generator<number> {
    const found = wantedBy(filters).map((wanted) => this.#bitsOf(wanted, range));
    for (const { block, firstAtMs, lastAtMs } of this.#blocks.all(range.from, range.to)) {
      if (filters.sinceMs !== undefined && lastAtMs < filters.sinceMs) continue;
      if (filters.untilMs !== undefined && firstAtMs > filters.untilMs) continue;
      const bits = allBits();
      for (const byBlock of found) intersect(bits, byBlock.get(block) ?? new Uint8Array(bits.length));
      for (const seq of markedNewestFirst(block, bits)) if (seq < range.before) yield seq;
    }
  }

  #bitsOf({ field, values }: Wanted, range: { from: number; to: number }): Map<number, Uint8Array> {
    const byBlock = new Map<number, Uint8Array>();
    for (const value of values) {
      for (const { block, bits } of this.#terms.all(field, value, range.from, range.to)) {
        const known = byBlock.get(block);
        if (known === undefined) byBlock.set(block, Uint8Array.from(bits));
        else union(known, bits);
      }
    }
    return byBlock;
  }
}

function wantedBy({ types, actor, session, decision }: AuditFilters): Wanted[] {
  const wanted: Wanted[] = [];
  if (types !== undefined) wanted.push({ field: 'type', values: types });
  if (actor !== undefined) wanted.push({ field: 'actor', values: [actor] });
  if (session !== undefined) wanted.push({ field: 'session', values: [session] });
  if (decision !== undefined) wanted.push({ field: 'decision', values: [decision] });
  return wanted;
}
