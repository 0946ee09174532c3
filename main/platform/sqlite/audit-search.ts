import type { AuditFilters } from '../../../schema/contract/audit.ts';
import {
  allBits,
  type AuditTerm,
  BLOCK_RECORDS,
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

/** Records with a number above `after` and below `before`. */
export interface SeqRange {
  readonly after: number;
  readonly before: number;
}

/** What the index knows of a block: every record of it that passes the filters is marked; others may be. */
export interface FoundBlock {
  readonly block: number;
  readonly bits: Uint8Array;
  /** Every marked record passes what the filters say of types, actors and the like, and of the time. */
  readonly isExact: boolean;
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

  /** The last record that there is, and the first one that no index covers yet. */
  get ends(): { readonly lastSeq: number; readonly firstUnindexed: number } {
    return { lastSeq: this.#lastSeq.get() ?? 0, firstUnindexed: firstSeqOf((this.#lastBlock.get() ?? -1) + 1) };
  }

  /** Numbers in the range, newest first. Every record that passes the filters is among them; others may be. */
  *newestFirst(filters: AuditFilters, range: SeqRange): Generator<number> {
    const { lastSeq, firstUnindexed } = this.ends;
    const oldestTail = Math.max(firstUnindexed, range.after + 1);
    for (let seq = Math.min(range.before - 1, lastSeq); seq >= oldestTail; seq -= 1) yield seq;
    for (const { block, bits } of this.blocksNewestFirst(filters, range)) {
      for (const seq of markedNewestFirst(block, bits)) {
        if (seq <= range.after) return;
        if (seq < range.before) yield seq;
      }
    }
  }

  /** The full blocks that overlap the range and may hold a record that passes, newest first. */
  *blocksNewestFirst(filters: AuditFilters, { after, before }: SeqRange): Generator<FoundBlock> {
    const last = this.#lastBlock.get() ?? -1;
    const newest = Math.min(last, Math.floor((before - 2) / BLOCK_RECORDS));
    const oldest = Math.floor(after / BLOCK_RECORDS);
    for (let to = newest; to >= oldest; to -= BLOCKS_AT_A_TIME) {
      yield* this.#inBlocks(filters, Math.max(oldest, to - BLOCKS_AT_A_TIME + 1), to);
    }
  }

  *#inBlocks(filters: AuditFilters, from: number, to: number): Generator<FoundBlock> {
    const { sinceMs = 0, untilMs = Number.MAX_SAFE_INTEGER } = filters;
    const found = wantedBy(filters).map((wanted) => this.#bitsOf(wanted, { from, to }));
    for (const { block, firstAtMs, lastAtMs } of this.#blocks.all(from, to)) {
      if (lastAtMs < sinceMs || firstAtMs > untilMs) continue;
      const bits = allBits();
      for (const byBlock of found) intersect(bits, byBlock.get(block) ?? new Uint8Array(bits.length));
      yield { block, bits, isExact: firstAtMs >= sinceMs && lastAtMs <= untilMs };
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

/** Whether the index alone answers these filters, but for the time at a block's edge. */
export function isIndexed({ rule, act, path, text }: AuditFilters): boolean {
  return rule === undefined && act === undefined && path === undefined && text === undefined;
}

function wantedBy({ types, actor, session, tool, decision }: AuditFilters): Wanted[] {
  const wanted: Wanted[] = [];
  if (types !== undefined) wanted.push({ field: 'type', values: types });
  if (actor !== undefined) wanted.push({ field: 'actor', values: [actor] });
  if (session !== undefined) wanted.push({ field: 'session', values: [session] });
  if (tool !== undefined) wanted.push({ field: 'tool', values: [tool] });
  if (decision !== undefined) wanted.push({ field: 'decision', values: [decision] });
  return wanted;
}
