import { createStore } from 'zustand/vanilla';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { AuditFilters, AuditReport } from '../../../schema/contract/audit.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { matchesFilters } from './audit-filter.ts';

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

export type AuditStore = ReturnType<typeof createAuditStore>;

/** The audit chain: its state always, its records once somebody looks. */
export function createAuditStore(client: Pick<KernelClient, 'audit'>) {
  const store = createStore<AuditState>(() => ({
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
  let turn = 0;

  const page = async (before?: number): Promise<void> => {
    const mine = ++turn;
    const { filters } = store.getState();
    store.setState({ loading: true, failure: undefined });
    try {
      const answer = await client.audit.log({ filters, limit: PAGE, ...(before === undefined ? {} : { before }) });
      if (mine !== turn) return;
      const former =
        before === undefined ? newerThan(store.getState().records, answer.records) : store.getState().records;
      store.setState({ records: [...former, ...answer.records], next: answer.next, loaded: true, loading: false });
    } catch (thrown) {
      if (mine === turn) store.setState({ failure: failureOf(thrown), loading: false });
    }
  };

  const receive = (arrived: readonly AuditRecord[]): void => {
    const { records, filters, loaded, next } = store.getState();
    const newest = records[0]?.seq ?? 0;
    const fresh = arrived.filter((record) => record.seq > newest && matchesFilters(record, filters)).reverse();
    if (!loaded || fresh.length === 0) return;
    const all = [...fresh, ...records];
    const kept = all.slice(0, RECORDS_KEPT);
    store.setState({ records: kept, next: kept.length < all.length ? (kept.at(-1)?.seq ?? null) : next });
  };

  const verifyChain = async (): Promise<void> => {
    for await (const event of client.audit.verify({})) {
      if (event.type === 'progress') store.setState({ verifying: { done: event.done, total: event.total } });
      else store.setState({ report: event.report });
    }
  };

  return {
    store,
    follow: (signal: AbortSignal): Promise<void> =>
      follow({
        open: (inner) => client.audit.watch({}, { signal: inner }),
        onEvent: ({ records, head, writable, startVerified }) => {
          store.setState({ headSeq: head?.seq, writable, startVerified });
          receive(records);
        },
        // What was written while nobody listened is read again.
        onFailure: (_failure, next) => void (next === 'again' && store.getState().loaded ? page() : undefined),
        signal,
      }),
    load: (): Promise<void> => page(),
    async loadOlder(): Promise<void> {
      const { next, loading } = store.getState();
      if (next !== null && !loading) await page(next);
    },
    async setFilters(filters: AuditFilters): Promise<void> {
      store.setState({ filters, records: [], next: null, shown: undefined });
      await page();
    },
    show: (shown: number | undefined): void => store.setState({ shown }),
    async verify(): Promise<void> {
      if (store.getState().verifying) return;
      store.setState({ verifying: { done: 0, total: 0 }, report: undefined, failure: undefined });
      try {
        await verifyChain();
      } catch (thrown) {
        store.setState({ failure: failureOf(thrown) });
      } finally {
        store.setState({ verifying: undefined });
      }
    },
  };
}

/** Those that arrived by the live stream while the page was on its way. */
function newerThan(records: readonly AuditRecord[], pageOfRecords: readonly AuditRecord[]): AuditRecord[] {
  const newest = pageOfRecords[0]?.seq ?? 0;
  return records.filter((record) => record.seq > newest);
}
