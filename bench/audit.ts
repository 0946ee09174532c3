import { hash as sha256, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { AuditEntry } from '../schema/audit-record.ts';
import { systemClock } from '../main/base/clock.ts';
import { silentLogger } from '../main/base/logger.ts';
import { AuditLog } from '../main/kernel/audit/audit-log.ts';
import { signerFromSeed } from '../main/kernel/audit/checkpoint-note.ts';
import { betterSqliteBinding } from '../main/platform/sqlite/better-sqlite-binding.ts';
import { Storage } from '../main/platform/sqlite/storage.ts';
import { type Metrics, rateMetric, timeMetric } from './metric.ts';

const CHUNK_RECORDS = 10_000;
const PLAIN_BATCH = 100;
const MEBIBYTE = 1024 * 1024;
const MEMORY_SAMPLE_MS = 10;
const RECORDS_PER_SECOND = 'records/s';

export interface AuditBenchOptions {
  /** How long the chain is that is verified, exported and paged. */
  readonly records?: number;
}

interface Home extends AsyncDisposable {
  readonly log: AuditLog;
  readonly storage: Storage;
}

/** The chain's write and read paths, each beside the plainest code that does the same work in the same run. */
export async function auditBench({ records = 1_000_000 }: AuditBenchOptions = {}): Promise<Metrics> {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-bench-audit-'));
  try {
    await using large = await openHome(join(folder, 'large.db'));
    await using small = await openHome(join(folder, 'small.db'));
    using plain = new PlainChain(join(folder, 'plain.db'));
    const buffered = await measureBuffered(large.log, plain, records);
    await fill(small.log, 0, 1000);
    const synced = await measureSynced(small.log, plain);
    await using thousand = await openHome(join(folder, 'thousand.db'));
    await fill(thousand.log, 0, 1000);
    const page = await measurePage(large.log, thousand.log);
    return { ...buffered, ...synced, ...(await measureReading(large.log, plain, folder)), page };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureBuffered(log: AuditLog, plain: PlainChain, records: number): Promise<Metrics> {
  const ours: number[] = [];
  const floor: number[] = [];
  for (let from = 0; from < records; from += CHUNK_RECORDS) {
    ours.push(await perSecond(CHUNK_RECORDS, () => fill(log, from, CHUNK_RECORDS)));
    floor.push(await perSecond(CHUNK_RECORDS, () => plain.fill(from, CHUNK_RECORDS)));
  }
  return { append_buffered: rateMetric(ours, RECORDS_PER_SECOND, floor) };
}

async function measureSynced(log: AuditLog, plain: PlainChain): Promise<Metrics> {
  const alone: number[] = [];
  const together: number[] = [];
  const floor: number[] = [];
  // Each insert by itself, which is what a caller waits for; the rate has in it also that a thread that slept is woken for the first.
  const each = { ours: [] as number[], floor: [] as number[] };
  for (let round = 0; round < 40; round += 1) {
    floor.push(await perSecond(50, () => plain.fillSynced(50)));
    alone.push(await perSecond(50, () => appendOneByOne(log, 50)));
    for (let index = 0; index < 50; index += 1) each.floor.push(await milliseconds(() => plain.fillSynced(1)));
    for (let index = 0; index < 50; index += 1) each.ours.push(await milliseconds(() => appendOneByOne(log, 1)));
    const callers = Array.from({ length: 64 }, () => 20);
    together.push(await perSecond(64 * 20, () => Promise.all(callers.map((count) => appendOneByOne(log, count)))));
  }
  return {
    append_synced_64: rateMetric(together, RECORDS_PER_SECOND, floor),
    append_synced_1: timeMetric(each.ours, 'ms', each.floor),
    append_synced_1_rate: rateMetric(alone, RECORDS_PER_SECOND, floor),
  };
}

async function measureReading(log: AuditLog, plain: PlainChain, folder: string): Promise<Metrics> {
  const rehash: number[] = [];
  const verify: number[] = [];
  const exported: number[] = [];
  const growth: number[] = [];
  const records = log.state.head.seq;
  for (let round = 0; round < 3; round += 1) {
    rehash.push(await perSecond(plain.count, () => plain.rehash()));
    using memory = new Growth();
    verify.push(await perSecond(records, () => log.verify()));
    growth.push(memory.mostMiB);
    exported.push(await perSecond(records, () => log.export(join(folder, 'export.jsonl'))));
  }
  return {
    verify: rateMetric(verify, RECORDS_PER_SECOND, rehash),
    verify_memory: timeMetric(growth, 'MiB'),
    export: rateMetric(exported, RECORDS_PER_SECOND, rehash),
  };
}

/** How much the process grows at most while this is held. */
class Growth implements Disposable {
  readonly #before = process.memoryUsage.rss();
  #most = this.#before;
  readonly #timer = setInterval(() => this.#sample(), MEMORY_SAMPLE_MS);

  get mostMiB(): number {
    this.#sample();
    return (this.#most - this.#before) / MEBIBYTE;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    this.#most = Math.max(this.#most, process.memoryUsage.rss());
  }
}

async function measurePage(large: AuditLog, thousand: AuditLog) {
  const ofLarge: number[] = [];
  const ofThousand: number[] = [];
  for (let round = 0; round < 200; round += 1) {
    ofLarge.push(
      await milliseconds(() => large.query({ filters: { decision: 'deny', actor: 'plugin:fs' }, limit: 50 })),
    );
    ofThousand.push(
      await milliseconds(() => thousand.query({ filters: { decision: 'deny', actor: 'plugin:fs' }, limit: 50 })),
    );
  }
  return timeMetric(ofLarge, 'ms', ofThousand);
}

async function fill(log: AuditLog, from: number, count: number): Promise<void> {
  for (let index = from; index < from + count; index += 1) {
    log.record(entryOf(index));
    if (index % PLAIN_BATCH === 0) await log.ready();
  }
  await log.flush();
}

async function appendOneByOne(log: AuditLog, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await log.append(entryOf(index));
}

function entryOf(index: number): AuditEntry {
  const act = {
    act: `a${index >> 1}`,
    actor: 'plugin:fs',
    session: `s${index >> 12}`,
    sandbox: 'b1',
    tool: 'fs.write',
  };
  return index % 2 === 0
    ? {
        ...act,
        type: 'call_decided',
        decision: index % 20 === 0 ? 'deny' : 'allow',
        rule: 'write-source',
        input: `src/file-${index}.ts`,
      }
    : { ...act, type: 'call_finished', output: 'written', durationMs: index % 7 };
}

async function openHome(database: string): Promise<Home> {
  const storage = await Storage.open({ database, clock: systemClock, logger: silentLogger });
  const log = await AuditLog.open({
    store: storage.audit,
    signer: signerFromSeed(randomBytes(32)),
    clock: systemClock,
    logger: silentLogger,
    newChainId: () => randomBytes(16).toString('hex'),
  });
  return {
    log,
    storage,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}

async function perSecond(count: number, work: () => unknown): Promise<number> {
  return (count / (await milliseconds(work))) * 1000;
}

async function milliseconds(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** The floor: a hash chain in SQLite with nothing around it, in one thread. */
class PlainChain implements Disposable {
  readonly #database: Database.Database;
  readonly #insert;
  #seq = 0;
  #previous = '0'.repeat(64);

  constructor(file: string) {
    const nativeBinding = betterSqliteBinding();
    this.#database = new Database(file, nativeBinding === undefined ? {} : { nativeBinding });
    this.#database.pragma('journal_mode = WAL');
    this.#database.exec('CREATE TABLE record (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, body TEXT NOT NULL)');
    this.#insert = this.#database.prepare('INSERT INTO record VALUES (?, ?, ?)');
  }

  get count(): number {
    return this.#seq;
  }

  fill(from: number, count: number): void {
    this.#database.pragma('synchronous = NORMAL');
    for (let start = from; start < from + count; start += PLAIN_BATCH) {
      this.#database.transaction(() => {
        for (let index = start; index < start + PLAIN_BATCH; index += 1) this.#append(index);
      })();
    }
  }

  fillSynced(count: number): void {
    this.#database.pragma('synchronous = FULL');
    for (let index = 0; index < count; index += 1) this.#append(index);
  }

  rehash(): void {
    let previous = '0'.repeat(64);
    const rows = this.#database.prepare<[], { hash: string; body: string }>(
      'SELECT hash, body FROM record ORDER BY seq',
    );
    for (const { hash, body } of rows.iterate()) {
      if (linkOf(previous, body) !== hash) throw new Error('The plain chain is broken');
      previous = hash;
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #append(index: number): void {
    const seq = this.#seq + 1;
    const body = JSON.stringify({ ...entryOf(index), seq, at: Date.now() });
    const hash = linkOf(this.#previous, body);
    this.#insert.run(seq, hash, body);
    this.#previous = hash;
    this.#seq = seq;
  }
}

function linkOf(previous: string, body: string): string {
  return sha256('sha256', Buffer.concat([Buffer.from(previous, 'hex'), Buffer.from(body)]), 'hex');
}
