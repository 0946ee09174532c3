import type { LinkRecord } from '../../kernel/audit/quick-body.ts';

/** Records are indexed in blocks of this many: record `seq` is number `(seq - 1) % BLOCK_RECORDS` of its block. */
export const BLOCK_RECORDS = 512;
const BITS_BYTES = BLOCK_RECORDS / 8;

/** The fields that can be searched without looking at every record; all of them have few values in a block. */
export const INDEXED_FIELDS = ['type', 'actor', 'session', 'sandbox', 'tool', 'decision'] as const;
export type IndexedField = (typeof INDEXED_FIELDS)[number];

/** The value of a field, and which records of a block have it: one bit for each, the lowest first. */
export interface AuditTerm {
  readonly field: IndexedField;
  readonly value: string;
  readonly bits: Uint8Array;
}

/** The index of a full block. */
export interface AuditBlock {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly terms: readonly AuditTerm[];
}

export function blockOf(seq: number): number {
  return Math.floor((seq - 1) / BLOCK_RECORDS);
}

/** The number of a block's first record. */
export function firstSeqOf(block: number): number {
  return block * BLOCK_RECORDS + 1;
}

interface Term {
  readonly field: IndexedField;
  readonly bits: Map<string, Uint8Array>;
  last: { readonly value: string; readonly marked: Uint8Array } | undefined;
}

/** Indexes the records of a block, which are given in their order. */
export class BlockBuilder {
  readonly #terms = INDEXED_FIELDS.map((field): Term => ({ field, bits: new Map(), last: undefined }));
  #count = 0;
  #firstAtMs = Number.MAX_SAFE_INTEGER;
  #lastAtMs = 0;

  add(record: LinkRecord): void {
    this.#firstAtMs = Math.min(this.#firstAtMs, record.at);
    this.#lastAtMs = Math.max(this.#lastAtMs, record.at);
    for (const term of this.#terms) {
      const value = record[term.field];
      if (value !== undefined) this.#mark(term, value);
    }
    this.#count += 1;
  }

  build(): AuditBlock {
    const terms = this.#terms.flatMap(({ field, bits }) =>
      Array.from(bits, ([value, marked]) => ({ field, value, bits: marked })),
    );
    return { firstAtMs: this.#firstAtMs, lastAtMs: this.#lastAtMs, terms };
  }

  #mark(term: Term, value: string): void {
    // Most values are those of the record before, and to compare is quicker than to look up.
    let marked = term.last?.value === value ? term.last.marked : term.bits.get(value);
    if (marked === undefined) {
      marked = new Uint8Array(BITS_BYTES);
      term.bits.set(value, marked);
    }
    if (term.last?.marked !== marked) term.last = { value, marked };
    const byte = this.#count >> 3;
    marked[byte] = (marked[byte] ?? 0) | (1 << (this.#count & 7));
  }
}

/** All records of a block. */
export function allBits(): Uint8Array {
  return new Uint8Array(BITS_BYTES).fill(0xff);
}

export function union(into: Uint8Array, other: Uint8Array): void {
  for (let index = 0; index < into.length; index += 1) into[index] = (into[index] ?? 0) | (other[index] ?? 0);
}

export function intersect(into: Uint8Array, other: Uint8Array): void {
  for (let index = 0; index < into.length; index += 1) into[index] = (into[index] ?? 0) & (other[index] ?? 0);
}

/** The numbers of a block's marked records, newest first. */
export function* markedNewestFirst(block: number, bits: Uint8Array): Generator<number> {
  for (let index = BLOCK_RECORDS - 1; index >= 0; index -= 1) {
    const byte = bits[index >> 3] ?? 0;
    if (byte === 0) index &= ~7;
    else if ((byte & (1 << (index & 7))) !== 0) yield firstSeqOf(block) + index;
  }
}
