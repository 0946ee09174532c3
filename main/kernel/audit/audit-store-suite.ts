import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { AuditBlockCount, AuditFilters } from '../../../schema/contract/audit.ts';
import type { AuditStore } from './audit-store.ts';
import { type ChainHead, EMPTY_CHAIN, linkHash } from './chain.ts';
import { draftBody } from './draft-body.ts';
import { passesFilters } from '../../../schema/audit-filter.ts';

/** A store that is open, and how to close it. */
export interface OpenStore extends AsyncDisposable {
  readonly store: AuditStore;
}

/** What every AuditStore promises; the fake and the real one run it. */
export function auditStoreSuite(name: string, open: () => Promise<OpenStore>): void {
  test(`${name}: an empty store has no head, no note and no records`, async () => {
    await using opened = await open();
    const { store } = opened;
    expect(await store.head()).toBeUndefined();
    expect(await store.heldNote()).toBeUndefined();
    expect(await store.after(0, 10)).toEqual([]);
    expect(await store.page({})).toEqual({ records: [], next: null });
    expect(await store.newest('checkpoint')).toBeUndefined();
    expect(await store.unfinished()).toEqual([]);
  });

  test(`${name}: a batch that does not follow the head is refused whole`, async () => {
    await using opened = await open();
    const { store } = opened;
    const head = await append(store, EMPTY_CHAIN, entries(3));
    await expect(append(store, EMPTY_CHAIN, entries(1))).rejects.toMatchObject({ code: 'storage_failed' });
    await expect(append(store, { ...head, hash: 'f'.repeat(64) }, entries(1))).rejects.toMatchObject({
      code: 'storage_failed',
    });
    expect(await store.head()).toEqual(head);
  });

  test(`${name}: every filter finds what a look at each record finds, newest first, page by page`, async () => {
    await using opened = await open();
    const { store } = opened;
    let head = EMPTY_CHAIN;
    for (let batch = 0; batch < 12; batch += 1) head = await append(store, head, entries(100, batch * 100));
    const all = await store.after(0, 10_000);
    expect(all.length).toBe(1200);
    for (const filters of FILTERS) {
      const expected = all.filter((record) => passesFilters(record, filters)).reverse();
      const found = [];
      for (let before: number | undefined; ; ) {
        const page = await store.page({ filters, before, limit: 97 });
        expect(page.records.length).toBeLessThanOrEqual(97);
        found.push(...page.records);
        if (page.next === null) break;
        before = page.next;
      }
      expect(found, JSON.stringify(filters)).toEqual(expected);
    }
    expect(await store.newest('genesis')).toEqual(all[0]);
  });

  test(`${name}: counts by block agree with the pages between their first and last record`, async () => {
    await using opened = await open();
    const { store } = opened;
    let head = EMPTY_CHAIN;
    for (let batch = 0; batch < 12; batch += 1) head = await append(store, head, entries(100, batch * 100));
    for (const filters of FILTERS) {
      const blocks: AuditBlockCount[] = [];
      await store.count({ filters, onBlocks: (some) => blocks.push(...some) });
      const pages = await Promise.all(
        blocks.map(({ first, last }) => store.page({ filters, after: first - 1, before: last + 1, limit: 1200 })),
      );
      const found = pages.map(({ records }) => records.length);
      expect(found, JSON.stringify(filters)).toEqual(blocks.map(({ count }) => count));
      const all = (await store.page({ filters, limit: 1200 })).records;
      expect(
        pages.flatMap(({ records }) => records),
        JSON.stringify(filters),
      ).toEqual(all);
      expect((await store.timeline({ filters, slots: 10 })).records).toBe(all.length);
    }
  });

  test(`${name}: the note is kept once what it signs is synced, and the newest one wins`, async () => {
    await using opened = await open();
    const { store } = opened;
    await append(store, EMPTY_CHAIN, entries(1), 'the note');
    expect(await store.heldNote()).toBe('the note');
  });

  test(`${name}: a chain that is set aside leaves an empty store that takes a new one`, async () => {
    await using opened = await open();
    const { store } = opened;
    await append(store, EMPTY_CHAIN, entries(600));
    expect(await store.setAside()).not.toBe('');
    expect(await store.head()).toBeUndefined();
    const head = await append(store, EMPTY_CHAIN, entries(2));
    expect(await store.head()).toEqual(head);
    expect((await store.page({ filters: { types: ['call_decided'] } })).records.length).toBe(1);
  });
}

const session = (name: string) => name as SessionId; // names of this shape are ids

const FILTERS: readonly AuditFilters[] = [
  {},
  { types: ['call_decided'] },
  { types: ['genesis', 'merge_finished'] },
  { types: [] },
  { session: session('s3') },
  { session: session('nobody') },
  { actor: 'agent:1', decision: 'deny' },
  { types: ['call_decided'], session: session('s1'), decision: 'deny', actor: 'operator' },
  { sinceMs: 1700, untilMs: 1710 },
  { untilMs: 1000 },
  { text: 'FILE-7' },
  { tool: 'fs.write', text: 'file-11' },
  { path: 'src/a', sinceMs: 1500, untilMs: 2100 },
  { act: 'a-30' },
];

function entries(count: number, from = 0): AuditEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    if (number === 0) return { type: 'genesis', actor: 'kernel', data: { chain: '0'.repeat(32), version: 1 } };
    return {
      type: number % 7 === 0 ? 'merge_finished' : 'call_decided',
      actor: number % 3 === 0 ? 'agent:1' : 'operator',
      session: `s${number >> 8}`,
      ...(number % 4 === 0 ? { tool: 'fs.write', path: number % 8 === 0 ? 'src/a/x.ts' : 'src/ab.ts' } : {}),
      ...(number % 30 === 0 ? { act: `a-${number}` } : {}),
      ...(number % 5 === 0 ? { decision: 'deny' } : {}),
      input: `file-${number}`,
    };
  });
}

async function append(
  store: AuditStore,
  after: ChainHead,
  some: readonly AuditEntry[],
  note?: string,
): Promise<ChainHead> {
  let head = after;
  const bodies: string[] = [];
  const hashes: string[] = [];
  for (const entry of some) {
    const seq = head.seq + 1;
    const { before, after: rest } = draftBody(entry, 1000 + seq);
    bodies.push(before + seq + rest);
    head = { seq, hash: linkHash(head.hash, before + seq + rest) };
    hashes.push(head.hash);
  }
  await store.append({ after, bodies, hashes, durability: 'synced', ...(note === undefined ? {} : { note }) });
  return head;
}
