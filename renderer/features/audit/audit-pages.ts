import { createStore } from 'zustand/vanilla';
import { passesFilters } from '../../../schema/audit-filter.ts';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { AuditBlockCount, AuditFilters } from '../../../schema/contract/audit.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf, isCancelled } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { BlockMap, type MapBlock } from './block-map.ts';

export interface PagesState {
  /** Changes with everything that a row may show. */
  readonly version: number;
  /** Changes with the filters: another list. */
  readonly turn: number;
  /** How many records match, as far as they are counted. */
  readonly rows: number;
  /** How many of them were written since the list began. */
  readonly prepended: number;
  /** How much of the chain is looked at; undefined when all of it is. */
  readonly counting: { readonly done: number; readonly total: number } | undefined;
  readonly failure: Failure | undefined;
}

/** As many as may be in sight where the matches lie far apart. */
const PAGES_KEPT = 48;
/** What is held of a chain that grows while somebody works; a page that is dropped is read again. */
const RECORDS_KEPT = 4096;
const PAGES_AT_ONCE = 3;
const PAGE_LIMIT = 1000;

/**
 * The records that pass the filters as one list of any length: the kernel says how many there are in which part of the
 * chain, and the pages that are looked at are read when they are looked at.
 */
export class AuditPages {
  readonly store = createStore<PagesState>(() => ({
    version: 0,
    turn: 0,
    rows: 0,
    prepended: 0,
    counting: undefined,
    failure: undefined,
  }));
  readonly #client: Pick<KernelClient, 'audit'>;
  #map = new BlockMap();
  /** By a block's first and last record, the one that was used last at the end. */
  #pages = new Map<string, readonly AuditRecord[]>();
  #reading = new Set<string>();
  #wanted: { readonly first: number; readonly end: number } = { first: 0, end: 0 };
  #filters: AuditFilters = {};
  #abort = new AbortController();
  /** The newest record that the list knows of; what was written before the count began is in the count. */
  #coveredSeq: number | undefined;
  #arrivedEarly: AuditRecord[] = [];

  constructor(client: Pick<KernelClient, 'audit'>) {
    this.#client = client;
  }

  /** Begins the list of what passes the filters. Resolves when all of it is counted. */
  async open(filters: AuditFilters): Promise<void> {
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#filters = filters;
    this.#map = new BlockMap();
    this.#pages = new Map();
    this.#reading = new Set();
    this.#coveredSeq = undefined;
    this.#arrivedEarly = [];
    const turn = this.store.getState().turn + 1;
    this.#change({ turn, prepended: 0, counting: { done: 0, total: 0 }, failure: undefined });
    try {
      for await (const event of this.#client.audit.count({ filters }, { signal: abort.signal })) {
        if (abort.signal.aborted) return;
        this.#counted(event);
      }
      if (!abort.signal.aborted) this.#change({ counting: undefined });
    } catch (thrown) {
      if (abort.signal.aborted || isCancelled(thrown)) return;
      this.#change({ counting: undefined, failure: failureOf(thrown) });
    }
  }

  /** Undefined while it is being read. */
  recordAt(row: number): AuditRecord | undefined {
    const block = this.#map.blockOf(row);
    return block && this.#pages.get(keyOf(block))?.[row - block.start];
  }

  /** Reads what rows from `first` to before `end` show; what was asked for before and is out of sight is left. */
  want(first: number, end: number): void {
    this.#wanted = { first, end };
    this.#readWanted();
  }

  /** Waits until a row can be shown; for keys that go beyond what is read. */
  async read(row: number): Promise<AuditRecord | undefined> {
    const block = this.#map.blockOf(row);
    if (block && !this.#pages.has(keyOf(block))) await this.#read(block);
    return this.recordAt(row);
  }

  /** The row of a record, or of the nearest older one that passes the filters; undefined past the last one. */
  async rowOf(seq: number): Promise<number | undefined> {
    const block = this.#map.blockAt(seq);
    if (block === undefined) return undefined;
    await this.read(block.start);
    const index = this.#pages.get(keyOf(block))?.findIndex((record) => record.seq <= seq) ?? 0;
    return block.start + Math.max(0, index);
  }

  /** Takes records as they are written, oldest first. */
  receive(records: readonly AuditRecord[]): void {
    if (this.#coveredSeq === undefined) {
      this.#arrivedEarly.push(...records);
      return;
    }
    const newer = records.filter((record) => record.seq > (this.#coveredSeq ?? 0));
    const last = newer.at(-1)?.seq;
    if (last === undefined) return;
    this.#coveredSeq = last;
    const matching = newer.filter((record) => passesFilters(record, this.#filters));
    const first = matching[0]?.seq;
    if (first === undefined) return;
    this.#prepend(matching, { first, last, count: matching.length });
  }

  #prepend(matching: readonly AuditRecord[], block: AuditBlockCount): void {
    const former = this.#map.blockOf(0);
    const known = former && this.#pages.get(keyOf(former));
    this.#map.prepend(block);
    const newest = this.#map.blockOf(0);
    if (newest === undefined) return;
    const isJoined = former !== undefined && newest.first === former.first;
    if (isJoined) this.#pages.delete(keyOf(former));
    if (!isJoined) this.#keep(newest, matching.toReversed());
    else if (known) this.#keep(newest, [...matching.toReversed(), ...known]);
    this.#change({ prepended: this.store.getState().prepended + matching.length });
    this.#readWanted();
  }

  #counted({ blocks, done, total }: { blocks: readonly AuditBlockCount[]; done: number; total: number }): void {
    this.#map.append(blocks);
    // A page of a block that has grown since is read again, under its new name.
    this.#change({ counting: { done, total } });
    if (this.#coveredSeq === undefined) {
      this.#coveredSeq = total;
      this.receive(this.#arrivedEarly.splice(0));
    }
    this.#readWanted();
  }

  #readWanted(): void {
    const { first, end } = this.#wanted;
    for (const block of this.#map.blocksOf(first, end)) {
      const known = this.#pages.get(keyOf(block));
      if (known) this.#keep(block, known);
      else if (this.#reading.size < PAGES_AT_ONCE && !this.#reading.has(keyOf(block))) void this.#read(block);
    }
  }

  async #read(block: MapBlock): Promise<void> {
    const { signal } = this.#abort;
    const reading = this.#reading;
    const key = keyOf(block);
    reading.add(key);
    try {
      const records = await this.#recordsOf(block, signal);
      if (signal.aborted) return;
      this.#keep(block, records);
      this.#change({});
    } catch (thrown) {
      if (!signal.aborted) this.#change({ failure: failureOf(thrown) });
      return;
    } finally {
      reading.delete(key);
    }
    this.#readWanted();
  }

  async #recordsOf({ first, last, count }: MapBlock, signal: AbortSignal): Promise<AuditRecord[]> {
    const records: AuditRecord[] = [];
    for (let before: number | null = last + 1; before !== null && records.length < count; ) {
      const page: { records: AuditRecord[]; next: number | null } = await this.#client.audit.log(
        { filters: this.#filters, after: first - 1, before, limit: Math.min(PAGE_LIMIT, count - records.length) },
        { signal },
      );
      records.push(...page.records);
      before = page.next;
    }
    return records;
  }

  #keep(block: MapBlock, records: readonly AuditRecord[]): void {
    this.#pages.delete(keyOf(block));
    this.#pages.set(keyOf(block), records);
    let held = 0;
    for (const page of this.#pages.values()) held += page.length;
    for (const [key, page] of this.#pages) {
      if (this.#pages.size <= PAGES_KEPT && held <= RECORDS_KEPT) return;
      this.#pages.delete(key);
      held -= page.length;
    }
  }

  #change(part: Partial<PagesState>): void {
    const { version } = this.store.getState();
    this.store.setState({ ...part, version: version + 1, rows: this.#map.rows });
  }
}

function keyOf({ first, last, count }: AuditBlockCount): string {
  return `${first}-${last}-${count}`;
}
