import type { AuditBatch } from '../../kernel/audit/audit-store.ts';
import type { ChainHead } from '../../kernel/audit/chain.ts';
import { Fault } from '../../../schema/fault.ts';
import { type LinkRecord, readQuickly } from '../../kernel/audit/quick-body.ts';
import { BLOCK_RECORDS, BlockBuilder, blockOf, firstSeqOf } from './audit-block.ts';
import { readChainBase, writeChainBase } from './chain-base.ts';
import type { Connection } from './connection.ts';
import type { SyncMode } from './sync-mode.ts';

/** Writes the chain; runs where the one writing connection is. */
export class AuditTable {
  readonly #connection: Connection;
  readonly #insertRecord;
  readonly #insertBlock;
  readonly #insertTerm;
  readonly #markSync;
  #head: ChainHead | undefined;
  /** The bodies of the newest block while it is not full. */
  #openBlock: string[];
  readonly #syncMode: SyncMode;

  constructor(connection: Connection, syncMode: SyncMode) {
    this.#connection = connection;
    this.#syncMode = syncMode;
    this.#insertRecord = connection.prepare<[number, string, string]>('INSERT INTO audit_record VALUES (?, ?, ?)');
    this.#insertBlock = connection.prepare<[number, number, number]>('INSERT INTO audit_block VALUES (?, ?, ?)');
    this.#insertTerm = connection.prepare<[string, string, number, Uint8Array]>(
      'INSERT INTO audit_term VALUES (?, ?, ?, ?)',
    );
    this.#markSync = connection.prepare<[]>('UPDATE sync_mark SET count = count + 1 WHERE id = 1');
    this.#head = connection
      .prepare<[], ChainHead>('SELECT seq, hash FROM audit_record ORDER BY seq DESC LIMIT 1')
      .get();
    const since = this.#head ? firstSeqOf(blockOf(this.#head.seq + 1)) : 1;
    this.#openBlock = connection
      .prepare<[number], string>('SELECT body FROM audit_record WHERE seq >= ? ORDER BY seq')
      .pluck()
      .all(since);
  }

  get head(): ChainHead | undefined {
    return this.#head;
  }

  /** Stores all records of the batch or, when it throws, none; the table is of no more use then. */
  append(batch: AuditBatch): void {
    const head = this.#head ?? readChainBase(this.#connection);
    if (head.seq !== batch.after.seq || head.hash !== batch.after.hash) {
      throw new Fault('storage_failed', `Cannot append to the chain: its head is ${head.seq}, not ${batch.after.seq}`, {
        data: { code: 'head_moved' },
      });
    }
    const nothingToDo = batch.durability === 'buffered' || this.#syncMode.allSynced;
    if (batch.bodies.length === 0 && nothingToDo) return;
    const insert = (): void => this.#insert(head.seq, batch);
    // A single statement is a transaction by itself, and to open one around it costs a tenth of a short sync.
    const isOneStatement = batch.bodies.length <= 1 && (head.seq + 1) % BLOCK_RECORDS !== 0;
    this.#syncMode.write(batch.durability, isOneStatement ? insert : this.#connection.transaction(insert));
    const last = batch.hashes.at(-1);
    if (last !== undefined) this.#head = { seq: head.seq + batch.bodies.length, hash: last };
  }

  /** Removes every record, for good. */
  clear(): void {
    const empty = (): void => {
      this.#connection.exec(
        'DELETE FROM audit_term; DELETE FROM audit_block; DELETE FROM audit_record; DELETE FROM audit_base;',
      );
    };
    this.#syncMode.write('synced', this.#connection.transaction(empty));
    this.#head = undefined;
    this.#openBlock = [];
  }

  /** The last record of the newest full block at or below that number, all of it older than that time. */
  cutPoint({
    throughSeq,
    beforeMs,
  }: {
    readonly throughSeq: number;
    readonly beforeMs: number;
  }): ChainHead | undefined {
    const block = this.#connection
      .prepare<[number, number], number | null>('SELECT max(block) FROM audit_block WHERE last_at < ? AND block <= ?')
      .pluck()
      .get(beforeMs, blockOf(throughSeq + 1) - 1);
    if (block === null || block === undefined) return undefined;
    return this.#connection
      .prepare<[number], ChainHead>('SELECT seq, hash FROM audit_record WHERE seq = ?')
      .get(firstSeqOf(block + 1) - 1);
  }

  /** Removes the records up to that one, the last of a block, and continues from it. */
  cut(base: ChainHead): void {
    const cutOff = (): void => {
      const block = blockOf(base.seq);
      writeChainBase(this.#connection, base);
      this.#connection.prepare('DELETE FROM audit_record WHERE seq <= ?').run(base.seq);
      this.#connection.prepare('DELETE FROM audit_block WHERE block <= ?').run(block);
      this.#connection.prepare('DELETE FROM audit_term WHERE block <= ?').run(block);
    };
    this.#syncMode.write('synced', this.#connection.transaction(cutOff));
  }

  #insert(headSeq: number, { bodies, hashes }: AuditBatch): void {
    // Without a record to write, a mark makes SQLite sync what was written before it.
    if (bodies.length === 0) this.#markSync.run();
    for (let index = 0; index < bodies.length; index += 1) {
      const seq = headSeq + 1 + index;
      const body = bodies[index] ?? '';
      this.#insertRecord.run(seq, hashes[index] ?? '', body);
      this.#openBlock.push(body);
      if (seq % BLOCK_RECORDS === 0) this.#indexBlock(blockOf(seq));
    }
  }

  #indexBlock(block: number): void {
    const builder = new BlockBuilder();
    // The bodies were made from records.
    for (const body of this.#openBlock) builder.add(readQuickly(body) ?? (JSON.parse(body) as LinkRecord));
    const { firstAtMs, lastAtMs, terms } = builder.build();
    this.#insertBlock.run(block, firstAtMs, lastAtMs);
    for (const { field, value, bits } of terms) this.#insertTerm.run(field, value, block, bits);
    this.#openBlock = [];
  }
}
