import type { LinkRecord } from '../../kernel/audit/quick-body.ts';
import { type AuditTerm, BLOCK_RECORDS, BlockBuilder, blockOf } from './audit-block.ts';
import type { Connection } from './connection.ts';

interface StoredBlock {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

type StoredTerm = AuditTerm & { readonly block: number };

/** Terms lie in the order of their values: to find those of a block, all of them are gone through. */
const BLOCKS_AT_A_TIME = 128;

/** Compares the index with the records it was made of: a record that the index does not show would be hidden from every filter. */
export class BlockAuditor {
  readonly #block;
  readonly #terms;
  /** The stored terms of some blocks, by block, and the last of these blocks. */
  #loaded = new Map<number, Map<string, Uint8Array>>();
  #loadedTo = -1;
  #builder = new BlockBuilder();
  #count = 0;

  constructor(connection: Connection) {
    this.#block = connection.prepare<[number], StoredBlock>(
      'SELECT first_at AS firstAtMs, last_at AS lastAtMs FROM audit_block WHERE block = ?',
    );
    this.#terms = connection.prepare<[number, number], StoredTerm>(
      'SELECT block, field, value, bits FROM audit_term WHERE block BETWEEN ? AND ?',
    );
  }

  /** Takes the records in their order; answers false at the end of a block whose index is not theirs. */
  next(record: LinkRecord): boolean {
    this.#builder.add(record);
    this.#count += 1;
    if (record.seq % BLOCK_RECORDS !== 0) return true;
    const whole = this.#count === BLOCK_RECORDS;
    const good = !whole || this.#agrees(blockOf(record.seq));
    this.#builder = new BlockBuilder();
    this.#count = 0;
    return good;
  }

  #agrees(block: number): boolean {
    const stored = this.#block.get(block);
    const built = this.#builder.build();
    if (stored?.firstAtMs !== built.firstAtMs || stored.lastAtMs !== built.lastAtMs) return false;
    const terms = this.#termsOf(block);
    if (terms.size !== built.terms.length) return false;
    return built.terms.every(({ field, value, bits }) => {
      const known = terms.get(`${field}:${value}`);
      return known !== undefined && Buffer.compare(known, bits) === 0;
    });
  }

  #termsOf(block: number): Map<string, Uint8Array> {
    if (block > this.#loadedTo) {
      this.#loaded = new Map();
      this.#loadedTo = block + BLOCKS_AT_A_TIME - 1;
      for (const { block: of, field, value, bits } of this.#terms.iterate(block, this.#loadedTo)) {
        const terms = this.#loaded.get(of) ?? new Map<string, Uint8Array>();
        this.#loaded.set(of, terms.set(`${field}:${value}`, bits));
      }
    }
    return this.#loaded.get(block) ?? new Map();
  }
}
