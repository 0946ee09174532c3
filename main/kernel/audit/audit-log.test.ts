import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../schema/audit-record.ts';
import { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { AuditLog } from './audit-log.ts';
import type { AuditBatch } from './audit-store.ts';
import { signerFromSeed } from './checkpoint-note.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';

const signer = signerFromSeed(new Uint8Array(32).fill(7));
const call = (act: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  type: 'call_decided',
  actor: 'operator',
  act,
  decision: 'allow',
  ...more,
});

async function openLog(store = new MemoryAuditStore(), clock = new VirtualClock(1000)) {
  const options = { store, signer, clock, logger: silentLogger, newChainId: () => '0'.repeat(32) };
  return { store, clock, log: await AuditLog.open(options), options };
}

/** Lets everything that waits for nothing but its turn go on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

const typesOf = async (store: MemoryAuditStore): Promise<string[]> =>
  (await store.after(0, 10_000)).map((record) => record.type);

test('callers that append at once share one sync and keep their order', async () => {
  const { log, store } = await openLog();
  const before = store.syncs;
  const records = await Promise.all(Array.from({ length: 64 }, (_, index) => log.append(call(`a${index}`))));
  expect(store.syncs - before).toBe(1);
  expect(records.map(({ seq, act }) => `${seq} ${act}`)).toEqual(records.map((_, index) => `${index + 2} a${index}`));
});

test('a buffered record is synced within 500 ms, and before a synced one that was asked for later', async () => {
  const { log, store, clock } = await openLog();
  log.record(call('first'));
  await settled();
  expect(store.rows.length).toBe(1);
  clock.advance(500);
  await settled();
  expect(store.rows.length).toBe(2);
  log.record(call('second'));
  await log.append(call('third'));
  expect((await store.after(2, 10)).map((record) => record.act)).toEqual(['second', 'third']);
});

test('a hundred buffered records are written without waiting for the clock', async () => {
  const { log, store } = await openLog();
  for (let index = 0; index < 100; index += 1) log.record(call(`a${index}`));
  await settled();
  expect(store.rows.length).toBe(101);
});

test('a checkpoint is written each thousand records, each minute and at the end, but never for nothing', async () => {
  const { log, store, clock } = await openLog();
  for (let index = 0; index < 1500; index += 1) log.record(call(`a${index}`));
  await log.flush();
  expect((await typesOf(store)).filter((type) => type === 'checkpoint').length).toBe(1);
  clock.advance(60_000);
  await settled();
  expect((await typesOf(store)).at(-1)).toBe('checkpoint');
  const { length } = store.rows;
  clock.advance(600_000);
  await settled();
  expect(store.rows.length).toBe(length);
  await log.append(call('last'));
  await log[Symbol.asyncDispose]();
  expect((await typesOf(store)).slice(-2)).toEqual(['call_decided', 'checkpoint']);
  expect(await log.verify()).toMatchObject({ ok: true, checkpoints: 3 });
});

test('while the store cannot be written granting acts are refused, the rest is kept and written when it can', async () => {
  const { log, store, clock } = await openLog();
  log.record(call('before'));
  store.failure = new Fault('storage_failed', 'Cannot write: the disk is full', { data: { code: 'SQLITE_FULL' } });
  const refused = await log.append(call('refused')).catch((cause: unknown) => cause);
  expect(refused).toMatchObject({ code: 'audit_unavailable', retryable: true });
  expect(log.writable).toBe(false);
  log.record(call('meanwhile'));
  await expect(log.append(call('refused too'))).rejects.toMatchObject({ code: 'audit_unavailable' });
  clock.advance(5000);
  await settled();
  expect(log.writable).toBe(false);
  store.failure = undefined;
  clock.advance(1000);
  await settled();
  expect(log.writable).toBe(true);
  await log.append(call('after'));
  const records = await store.after(1, 100);
  expect(records.map((record) => record.act ?? record.reason)).toEqual([
    'before',
    'meanwhile',
    'audit_unavailable',
    'after',
  ]);
  expect(records[2]?.data).toEqual({ cause: 'SQLITE_FULL', sinceMs: 1000, untilMs: 7000 });
  expect(await log.verify()).toMatchObject({ ok: true });
});

test('a batch that was stored although the store said otherwise is not written twice', async () => {
  const store = new MemoryAuditStore();
  const { log, clock } = await openLog(store);
  const append = store.append.bind(store);
  store.append = async (batch: AuditBatch) => {
    store.append = append;
    await append(batch);
    throw new Fault('storage_failed', 'Cannot sync: the disk reports an error');
  };
  log.record(call('buffered'));
  await expect(log.append(call('synced'))).resolves.toMatchObject({ act: 'synced', seq: 3 });
  clock.advance(1000);
  await settled();
  expect(log.writable).toBe(true);
  expect((await store.after(0, 10)).map((record) => record.act ?? record.type)).toEqual([
    'genesis',
    'buffered',
    'synced',
    'storage_warning',
  ]);
});

test('an act without an outcome is ended as interrupted by the next start', async () => {
  const { log, store } = await openLog();
  log.record({ type: 'kernel_start', actor: 'kernel' });
  log.record(call('done'));
  log.record({ type: 'call_finished', actor: 'operator', act: 'done' });
  log.record(call('denied', { decision: 'deny' }));
  log.record(call('cut off', { session: 's1', tool: 'fs.write' }));
  log.record({ type: 'merge_intended', actor: 'operator', act: 'm1', session: 's1' });
  await log.flush();
  const again = await openLog(store);
  const [first, second] = (await store.after(7, 10)).map(({ type, act, reason, session }) => ({
    type,
    act,
    reason,
    session,
  }));
  expect(first).toEqual({ type: 'call_finished', act: 'cut off', reason: 'interrupted', session: 's1' });
  expect(second).toEqual({ type: 'merge_finished', act: 'm1', reason: 'interrupted', session: 's1' });
  await again.log.append({ type: 'kernel_start', actor: 'kernel' });
  const { length } = store.rows;
  await openLog(store);
  expect(store.rows.length).toBe(length);
});

test('a tail that was cut below a checkpoint that is kept is found at the start and recorded', async () => {
  const { log, store } = await openLog();
  for (const act of ['a', 'b', 'c']) await log.append(call(act));
  await log.checkpoint();
  store.rows.length = 3;
  const again = await openLog(store);
  expect(again.log.state.startVerified).toBe(false);
  const broken = (await store.after(3, 1))[0];
  expect(broken).toMatchObject({ type: 'chain_break', data: { firstBad: 4, problem: 'tail' } });
});

test('a chain whose key was lost is set aside, and the new one begins with its last checkpoint', async () => {
  const { log, store, options } = await openLog();
  await log.append(call('a'));
  await log.checkpoint();
  const [, , checkpoint] = await store.after(0, 10);
  const newSigner = signerFromSeed(new Uint8Array(32).fill(8));
  const next = await AuditLog.open({ ...options, signer: newSigner, newChainId: () => '1'.repeat(32) });
  const [genesis, broken] = await store.after(0, 10);
  expect(genesis?.data).toEqual({ chain: '1'.repeat(32), version: 1, previous: checkpoint?.data });
  expect(broken).toMatchObject({ type: 'chain_break', reason: 'key_lost', data: { file: 'aside', lastCheckpoint: 2 } });
  expect(await next.verify()).toMatchObject({ ok: true });
  expect(next.state.startVerified).toBe(false);
});

test('an edited record is found by verifying the whole, though the start only looked at the end', async () => {
  const { log, store } = await openLog();
  for (const act of ['a', 'b', 'c']) await log.append(call(act));
  await log.checkpoint();
  const row = store.rows[2];
  if (row) store.rows[2] = { ...row, body: row.body.replace('"act":"b"', '"act":"x"') };
  const again = await openLog(store);
  expect(again.log.state.startVerified).toBe(true);
  expect(await again.log.verify()).toMatchObject({ ok: false, firstBad: { seq: 3, problem: 'hash' } });
  expect(again.log.state.startVerified).toBe(false);
});

test('a watcher that is slow gets every record, in pages, and the state', async () => {
  const { log } = await openLog();
  const stop = new AbortController();
  const events = log.watch(stop.signal);
  expect((await events.next()).value).toMatchObject({ records: [], writable: true });
  for (let index = 0; index < 1200; index += 1) log.record(call(`a${index}`));
  await log.flush();
  const seen: number[] = [];
  while (seen.length < 1201) {
    const event = await events.next();
    if (event.done) break;
    expect(event.value.records.length).toBeLessThanOrEqual(500);
    seen.push(...event.value.records.map((record) => record.seq));
  }
  expect(seen).toEqual(Array.from({ length: 1201 }, (_, index) => index + 2));
  const next = events.next();
  stop.abort();
  expect((await next).done).toBe(true);
});
