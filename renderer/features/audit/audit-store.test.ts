import { expect, test } from 'vitest';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { AuditStore } from './audit-store.ts';

function record(seq: number, part: Partial<AuditRecord> = {}): AuditRecord {
  return { seq, at: seq, type: 'call_decided', actor: 'operator', prev: '', hash: '', ...part };
}

type WatchEvent = {
  records: AuditRecord[];
  head: { seq: number; hash: string };
  writable: boolean;
  startVerified: boolean;
  verification: null;
  breaks: [];
};

/** A chain of ten records; the test says what arrives live. */
function fakeAudit(live: readonly WatchEvent[], abort: AbortController): Pick<KernelClient, 'audit'> {
  const chain = Array.from({ length: 10 }, (_, index) => record(10 - index));
  return {
    audit: {
      log: async ({ before = 11, limit = 100 }) => {
        const records = chain.filter((one) => one.seq < before).slice(0, Math.min(limit, 4));
        const last = records.at(-1)?.seq ?? 1;
        return { records, next: last > 1 ? last : null };
      },
      async *watch() {
        yield* live;
        abort.abort();
      },
      async *verify() {
        yield { type: 'progress', done: 5, total: 10 };
        yield { type: 'report', report: { ok: true, records: 10, head: null, checkpoints: 1, firstBad: null } };
      },
      async *count() {
        yield { blocks: [{ first: 1, last: 10, count: 10 }], done: 10, total: 10 };
      },
      timeline: async () => ({ sinceMs: 0, untilMs: 0, records: 0, lanes: [] }),
      async *save() {
        yield { type: 'saved', file: '/tmp/x', records: 0, head: { seq: 0, hash: '' } };
      },
      export: async () => ({ records: 0, head: { seq: 0, hash: '' } }),
    },
  };
}

test('pages follow one another down to the first record', async () => {
  const audit = new AuditStore(fakeAudit([], new AbortController()));
  await audit.load();
  await audit.loadOlder();
  await audit.loadOlder();
  await audit.loadOlder();
  const { records, next } = audit.store.getState();
  expect({ seqs: records.map((one) => one.seq), next }).toEqual({ seqs: [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], next: null });
});

test('live records that match come first; the others only move the head', async () => {
  const abort = new AbortController();
  const head = { seq: 13, hash: '' };
  const records = [record(11), record(12, { type: 'checkpoint' }), record(13, { session: 's1' })];
  const audit = new AuditStore(
    fakeAudit([{ records, head, writable: true, startVerified: true, verification: null, breaks: [] }], abort),
  );
  await audit.setFilters({ types: ['call_decided'] });
  await audit.follow(abort.signal);
  const { records: shown, headSeq } = audit.store.getState();
  expect({ seqs: shown.slice(0, 3).map((one) => one.seq), headSeq }).toEqual({ seqs: [13, 11, 10], headSeq: 13 });
});

test('verifying ends with its report', async () => {
  const audit = new AuditStore(fakeAudit([], new AbortController()));
  await audit.verify();
  const { verifying, report } = audit.store.getState();
  expect({ verifying, ok: report?.ok }).toEqual({ verifying: undefined, ok: true });
});
