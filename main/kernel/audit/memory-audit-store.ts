import type { AuditRecord, AuditType } from '../../../schema/audit-record.ts';
import { Fault } from '../../../schema/fault.ts';
import type { AuditTimeline } from '../../../schema/contract/audit.ts';
import type {
  AuditBatch,
  AuditPage,
  AuditQuery,
  AuditStore,
  CountRequest,
  ExportRequest,
  TimelineRequest,
  VerifyRequest,
} from './audit-store.ts';
import { canonicalLine } from './canonical.ts';
import { type ChainHead, type ChainRow, EMPTY_CHAIN, recordOf } from './chain.ts';
import { linkOfRow } from './chain-link.ts';
import { type ChainReport, ChainVerifier } from './chain-verifier.ts';
import { parseNote } from './checkpoint-note.ts';
import { passesFilters } from '../../../schema/audit-filter.ts';
import { UnfinishedActs } from './outcome.ts';
import { timelineOf } from './timeline.ts';

const DEFAULT_PAGE = 100;

/** A chain in memory, for tests: the whole port, and a switch that makes writing fail. */
export class MemoryAuditStore implements AuditStore {
  readonly rows: ChainRow[] = [];
  readonly files = new Map<string, string>();
  /** Thrown by the next writes while it is set. */
  failure: Error | undefined;
  /** How many batches were synced. */
  syncs = 0;
  note: string | undefined;

  async head(): Promise<ChainHead | undefined> {
    if (this.failure) throw this.failure;
    const last = this.rows.at(-1);
    return last && { seq: last.seq, hash: last.hash };
  }

  async append(batch: AuditBatch): Promise<void> {
    await Promise.resolve();
    if (this.failure) throw this.failure;
    const head = this.rows.at(-1) ?? EMPTY_CHAIN;
    if (head.hash !== batch.after.hash) throw new Fault('storage_failed', 'Cannot append: the chain has another head');
    for (const [index, body] of batch.bodies.entries()) {
      this.rows.push({ seq: head.seq + 1 + index, hash: batch.hashes[index] ?? '', body });
    }
    if (batch.durability === 'synced') this.syncs += 1;
    this.note = batch.note ?? this.note;
  }

  async heldNote(): Promise<string | undefined> {
    return this.note;
  }

  async page({ filters = {}, before, after = 0, limit = DEFAULT_PAGE }: AuditQuery): Promise<AuditPage> {
    const found = this.#records()
      .filter((record) => record.seq > after && record.seq < (before ?? Number.POSITIVE_INFINITY))
      .filter((record) => passesFilters(record, filters))
      .reverse();
    const records = found.slice(0, limit);
    return { records, next: found.length > limit ? (records.at(-1)?.seq ?? null) : null };
  }

  async count({ filters, onBlocks }: CountRequest): Promise<void> {
    const first = this.rows[0]?.seq ?? 1;
    const last = this.rows.at(-1)?.seq ?? 0;
    const count = this.#records().filter((record) => passesFilters(record, filters)).length;
    onBlocks(count === 0 ? [] : [{ first, last, count }], this.rows.length, this.rows.length);
  }

  async timeline({ filters, slots }: TimelineRequest): Promise<AuditTimeline> {
    return timelineOf(
      this.#records().filter((record) => passesFilters(record, filters)),
      slots,
    );
  }

  async after(seq: number, limit: number): Promise<AuditRecord[]> {
    return this.#records()
      .filter((record) => record.seq > seq)
      .slice(0, limit);
  }

  async newest(type: AuditType): Promise<AuditRecord | undefined> {
    return this.#records().findLast((record) => record.type === type);
  }

  async unfinished(): Promise<AuditRecord[]> {
    const acts = new UnfinishedActs();
    for (const record of this.#records()) acts.add(record);
    return acts.list();
  }

  async setAside(): Promise<string> {
    this.files.set('aside', JSON.stringify(this.rows.splice(0)));
    return 'aside';
  }

  async verify({ chain, publicKey, after, heldNotes }: VerifyRequest): Promise<ChainReport> {
    const held = heldNotes.flatMap((note) => parseNote(note) ?? []);
    const verifier = new ChainVerifier({ chain, publicKey, held, ...(after ? { after } : {}) });
    for (const row of this.rows.slice(after?.seq ?? 0)) {
      if (!verifier.next(linkOfRow(row, verifier.head.hash))) break;
    }
    return verifier.finish();
  }

  async export({ file, through, manifest }: ExportRequest): Promise<{ readonly records: number }> {
    const records = this.#records().filter((record) => record.seq <= through.seq);
    this.files.set(file, records.map((record) => `${canonicalLine(record)}\n`).join(''));
    this.files.set(`${file}.manifest.json`, manifest);
    return { records: records.length };
  }

  #records(): AuditRecord[] {
    return this.rows.map((row, index) => recordOf(row, this.rows[index - 1]?.hash ?? EMPTY_CHAIN.hash));
  }
}
