import { createStore } from 'zustand/vanilla';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { AuditFilters, AuditReport } from '../../../schema/contract/audit.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { passesFilters } from '../../../schema/audit-filter.ts';

interface AuditState {
  /** The newest first, without a gap among those that match. */
  readonly records: readonly AuditRecord[];
  /** Where the next page starts; null at the first record. */
  readonly next: number | null;
  readonly loaded: boolean;
  readonly loading: boolean;
  readonly failure: Failure | undefined;
  readonly filters: AuditFilters;
  readonly shown: number | undefined;
  readonly headSeq: number | undefined;
  readonly writable: boolean;
  readonly startVerified: boolean | null;
  readonly verifying: { readonly done: number; readonly total: number } | undefined;
  readonly report: AuditReport | undefined;
}

const PAGE = 200;
/** Older records go from memory when more arrive; scrolling reads them again. */
const RECORDS_KEPT = 5000;

/** The audit chain: its state always, its records once somebody looks. */
export class AuditStore {
  readonly store = createStore<AuditState>(() => ({
    records: [],
    next: null,
    loaded: false,
    loading: false,
    failure: undefined,
    filters: {},
    shown: undefined,
    headSeq: undefined,
    writable: true,
    startVerified: null,
    verifying: undefined,
    report: undefined,
  }));
  readonly #client: Pick<KernelClient, 'audit'>;
  /** The page that was asked for last; an older answer is out of date. */
  #turn = 0;

  constructor(client: Pick<KernelClient, 'audit'>) {
    this.#client = client;
  }

  follow(signal: AbortSignal): Promise<void> {
    return follow({
      open: (inner) => this.#client.audit.watch({}, { signal: inner }),
      onEvent: ({ records, head, writable, startVerified }) => {
        this.store.setState({ headSeq: head?.seq, writable, startVerified });
        this.#receive(records);
      },
      // What was written while nobody listened is read again.
      onFailure: (_failure, next) => void (next === 'again' && this.store.getState().loaded ? this.load() : undefined),
      signal,
    });
  }

  load(): Promise<void> {
    return this.#page();
  }

  async loadOlder(): Promise<void> {
    const { next, loading } = this.store.getState();
    if (next !== null && !loading) await this.#page(next);
  }

  async setFilters(filters: AuditFilters): Promise<void> {
    this.store.setState({ filters, records: [], next: null, shown: undefined });
    await this.#page();
  }

  show(shown: number | undefined): void {
    this.store.setState({ shown });
  }

  async verify(): Promise<void> {
    if (this.store.getState().verifying) return;
    this.store.setState({ verifying: { done: 0, total: 0 }, report: undefined, failure: undefined });
    try {
      for await (const event of this.#client.audit.verify({})) {
        if (event.type === 'report') this.store.setState({ report: event.report });
        else this.store.setState({ verifying: { done: event.done, total: event.total } });
      }
    } catch (thrown) {
      this.store.setState({ failure: failureOf(thrown) });
    } finally {
      this.store.setState({ verifying: undefined });
    }
  }

  async #page(before?: number): Promise<void> {
    const turn = ++this.#turn;
    const { filters } = this.store.getState();
    this.store.setState({ loading: true, failure: undefined });
    try {
      const answer = await this.#client.audit.log({
        filters,
        limit: PAGE,
        ...(before === undefined ? {} : { before }),
      });
      if (turn !== this.#turn) return;
      const { records } = this.store.getState();
      const former = before === undefined ? newerThan(records, answer.records) : records;
      this.store.setState({ records: [...former, ...answer.records], next: answer.next, loaded: true, loading: false });
    } catch (thrown) {
      if (turn === this.#turn) this.store.setState({ failure: failureOf(thrown), loading: false });
    }
  }

  #receive(arrived: readonly AuditRecord[]): void {
    const { records, filters, loaded, next } = this.store.getState();
    const newest = records[0]?.seq ?? 0;
    const fresh = arrived.filter((record) => record.seq > newest && passesFilters(record, filters)).reverse();
    if (!loaded || fresh.length === 0) return;
    const all = [...fresh, ...records];
    const kept = all.slice(0, RECORDS_KEPT);
    this.store.setState({ records: kept, next: kept.length < all.length ? (kept.at(-1)?.seq ?? null) : next });
  }
}

/** Those that arrived by the live stream while the page was on its way. */
function newerThan(records: readonly AuditRecord[], pageOfRecords: readonly AuditRecord[]): AuditRecord[] {
  const newest = pageOfRecords[0]?.seq ?? 0;
  return records.filter((record) => record.seq > newest);
}
