import { passesFilters } from '../../../schema/audit-filter.ts';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { AuditReport } from '../../../schema/contract/audit.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

export function record(seq: number, part: Partial<AuditRecord> = {}): AuditRecord {
  return { seq, at: seq, type: 'call_decided', actor: 'operator', prev: '', hash: '', ...part };
}

export interface FakeChain {
  readonly client: Pick<KernelClient, 'audit' | 'window'>;
  readonly records: AuditRecord[];
  /** How many pages were read. */
  pages: number;
}

const GOOD: AuditReport = { ok: true, records: 0, head: null, checkpoints: 0, firstBad: null };

/** A kernel with a chain in memory, counted in blocks of that many records. */
export function fakeChain(records: AuditRecord[], blockRecords = 4): FakeChain {
  const chain: FakeChain = {
    records,
    pages: 0,
    client: {
      window: {
        pickFolder: async () => ({ path: '/exports' }),
        pickPackage: async () => ({ path: null }),
        pickTarget: async () => ({ path: null }),
        openLogs: async () => ({}),
        async *wishes() {
          // Nobody asks for anything.
        },
        open: async () => ({}),
        async *detached() {
          // All panels are in their window.
        },
        paste: async () => ({}),
        sampleFolder: async () => ({ path: '/home/ada/Documents/cavern-sample' }),
        openExternal: async () => ({}),
      },
      audit: {
        async log({ filters = {}, before = Number.POSITIVE_INFINITY, after = 0, limit = 100 }) {
          chain.pages += 1;
          const found = records.filter((one) => one.seq < before && one.seq > after && passesFilters(one, filters));
          const page = found.toReversed().slice(0, limit);
          return { records: page, next: found.length > limit ? (page.at(-1)?.seq ?? null) : null };
        },
        async *count({ filters = {} }) {
          const total = records.length;
          for (let last = total; last > 0; last -= blockRecords) {
            const first = Math.max(1, last - blockRecords + 1);
            const count = records.slice(first - 1, last).filter((one) => passesFilters(one, filters)).length;
            yield { blocks: count === 0 ? [] : [{ first, last, count }], done: total - first + 1, total };
          }
          if (total === 0) yield { blocks: [], done: 0, total };
        },
        async *replay() {},
        async *watch() {},
        async *verify() {
          yield { type: 'report', report: GOOD };
        },
        timeline: async () => ({ sinceMs: 0, untilMs: 0, records: 0, lanes: [] }),
        async *save({ folder }) {
          yield { type: 'progress', done: 1, total: 2 };
          yield { type: 'saved', file: `${folder}/chain.jsonl`, records: 2, head: { seq: 2, hash: '' } };
        },
        export: async () => ({ records: 0, head: { seq: 0, hash: '' } }),
        checkpoint: async () => ({ note: '', publicKey: '' }),
        events: async () => ({ events: [], next: null }),
      },
    },
  };
  return chain;
}

export function chainOf(length: number): AuditRecord[] {
  return Array.from({ length }, (_, index) =>
    record(index + 1, { decision: index % 3 === 0 ? 'deny' : 'allow', session: `s${index % 5}` }),
  );
}
