import { rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { AuditRecord, AuditType } from '../../../schema/audit-record.ts';
import type { AuditTimeline } from '../../../schema/contract/audit.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type {
  AuditBatch,
  AuditPage,
  AuditQuery,
  AuditStore,
  CountRequest,
  ExportRequest,
  TimelineRequest,
  VerifyRequest,
} from '../../kernel/audit/audit-store.ts';
import { type ChainHead, EMPTY_CHAIN } from '../../kernel/audit/chain.ts';
import type { ChainReport } from '../../kernel/audit/chain-verifier.ts';
import { type ChainArchive, cutOf } from '../../kernel/audit/retention.ts';
import { PayingAttempt } from '../workers/paying-attempt.ts';
import { WorkerClient } from '../workers/worker-client.ts';
import { workerUrl } from '../workers/worker-url.ts';
import { isIndexed } from './audit-search.ts';
import type { CountProgress } from './audit-survey.ts';
import type { JobProgress } from './chain-job.ts';
import { archiveName } from './archive-file.ts';
import { databaseFiles } from './database-files.ts';
import type { DatabaseOperations } from './database-worker.ts';
import { divide, joined, notesBetween } from './stretches.ts';
import type { ReaderOperations } from './reader-worker.ts';

const WAIT_FOR_ONE_MS = 2;
/** Rows are read a thousand at a time and let go; a small heap keeps what is let go from piling up. */
const READER_HEAP_MB = 32;

/** The first records are gone, and no record tells of their archive. */
const BEGINNING_MISSING: ChainReport = {
  ok: false,
  records: 0,
  head: null,
  checkpoints: 0,
  firstBad: { seq: 1, problem: 'gap' },
};

/** The chain in the database: one worker writes, one answers queries, and each verification or export has one of its own. */
export class SqliteAuditStore implements AuditStore, AsyncDisposable {
  readonly #database: string;
  readonly #clock: Clock;
  readonly #wait = new PayingAttempt();
  readonly #writer: WorkerClient<DatabaseOperations>;
  readonly #reader: WorkerClient<ReaderOperations>;

  constructor(database: string, writer: WorkerClient<DatabaseOperations>, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#writer = writer;
    this.#reader = startReader(database);
  }

  head(): Promise<ChainHead | undefined> {
    return this.#writer.call('head', undefined);
  }

  append(batch: AuditBatch): Promise<void> {
    const stored = this.#writer.call('append', batch);
    if (batch.durability === 'synced' && batch.bodies.length === 1) this.#waitForOne();
    return stored;
  }

  heldNote(): Promise<string | undefined> {
    return this.#writer.call('heldNote', undefined);
  }

  page(query: AuditQuery): Promise<AuditPage> {
    return this.#reader.call('page', query);
  }

  after(seq: number, limit: number): Promise<AuditRecord[]> {
    return this.#reader.call('after', { seq, limit });
  }

  newest(type: AuditType): Promise<AuditRecord | undefined> {
    return this.#reader.call('newest', { type });
  }

  unfinished(): Promise<AuditRecord[]> {
    return this.#reader.call('unfinished', undefined);
  }

  setAside(): Promise<string> {
    return this.#writer.call('setChainAside', { nowMs: this.#clock.now() });
  }

  async verify({ onProgress, signal, ...request }: VerifyRequest): Promise<ChainReport> {
    const head = (await this.#reader.call('head', undefined)) ?? EMPTY_CHAIN;
    const headAt = (seq: number): Promise<ChainHead | undefined> => this.#reader.call('headAt', { seq });
    const base = await this.#reader.call('base', undefined);
    if (request.after === undefined && !(await this.#isArchived(base))) return BEGINNING_MISSING;
    const archived = await this.#verifyArchived(request, base, signal);
    if (!archived.ok) return archived;
    const job = { ...(base.seq > 0 ? { after: base } : {}), ...request };
    const cores = request.after === undefined ? availableParallelism() : 1;
    const stretches = await divide(job, head.seq, { headAt, cores });
    const [only] = stretches;
    // What follows a checkpoint is short, and the reader is there already.
    if (request.after !== undefined && only !== undefined) return this.#reader.call('verify', only);
    const done = stretches.map(() => 0);
    const reports = stretches.map((stretch, index) =>
      this.#inOwnWorker(signal, (worker) =>
        worker.call('verify', stretch, (progress) => {
          done[index] = (progress as JobProgress).done; // what verifyChain reports
          onProgress?.(
            done.reduce((sum, part) => sum + part, 0),
            head.seq,
          );
        }),
      ),
    );
    return joined(await Promise.all(reports));
  }

  /** Writes the records up to that one to an archive. Rejects with `storage_failed`. */
  async archive(request: { readonly through: ChainHead; readonly manifest: string }): Promise<ChainArchive> {
    const { archives } = databaseFiles(this.#database);
    const first = (await this.#reader.call('base', undefined)).seq + 1;
    const name = archiveName(first, request.through.seq);
    await this.#inOwnWorker(undefined, (worker) => worker.call('archive', { ...request, file: join(archives, name) }));
    const { size: bytes } = await stat(join(archives, name));
    return { name, first, last: request.through.seq, bytes };
  }

  /** Notes over what was archived are compared with the archives. */
  async #verifyArchived(
    { heldNotes: notes, publicKey }: VerifyRequest,
    base: ChainHead,
    signal: AbortSignal | undefined,
  ): Promise<ChainReport> {
    const heldNotes = notesBetween(notes, 0, base.seq);
    if (heldNotes.length === 0) return joined([]);
    const job = { folder: databaseFiles(this.#database).archives, base, publicKey, heldNotes };
    return this.#inOwnWorker(signal, (worker) => worker.call('verifyArchived', job));
  }

  /** Whether the chain itself tells that everything up to there was archived. */
  async #isArchived(base: ChainHead): Promise<boolean> {
    if (base.seq === 0) return true;
    // A cut that is under way has its record already.
    const { records } = await this.#reader.call('page', { filters: { types: ['archive_cut'] }, limit: 2 });
    return records.map(cutOf).some((cut) => cut?.seq === base.seq && cut.hash === base.hash);
  }

  async export({ signal, onProgress, ...request }: ExportRequest): Promise<{ readonly records: number }> {
    const job = { ...request, temporary: `${request.file}.tmp-${process.pid}` };
    try {
      const written = await this.#inOwnWorker(signal, (worker) =>
        worker.call('export', job, (progress) => {
          const { done, total } = progress as JobProgress; // what exportChain reports
          onProgress?.(done, total);
        }),
      );
      if (signal?.aborted) throw cancelled();
      // In a thread that cancelling does not end: the file and its manifest belong together.
      await this.#reader.call('finishExport', job);
      return written;
    } finally {
      // A thread that was ended had no time to.
      if (signal?.aborted) await rm(job.temporary, { force: true });
    }
  }

  async count({ filters, onBlocks, signal }: CountRequest): Promise<void> {
    const throughSeq = (await this.#reader.call('head', undefined))?.seq ?? 0;
    const job = { filters, throughSeq };
    const tell = (progress: unknown): void => {
      const { blocks, oldest } = progress as CountProgress; // what countChain reports
      onBlocks(blocks, throughSeq - oldest + 1, throughSeq);
    };
    // The index answers at once; looking at every record takes a thread that can be stopped.
    if (isIndexed(filters)) await this.#reader.call('count', job, tell);
    else await this.#inOwnWorker(signal, (worker) => worker.call('count', job, tell));
  }

  timeline({ signal, ...job }: TimelineRequest): Promise<AuditTimeline> {
    return this.#inOwnWorker(signal, (worker) => worker.call('timeline', job));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]();
  }

  /**
   * A caller who is alone waits for one sync. Where the disk syncs within two milliseconds, that is less than what it takes to
   * let the event loop sleep and wake it; where it does not, waiting is of no use and is tried less and less often.
   */
  #waitForOne(): void {
    this.#wait.run(() => this.#writer.waitBriefly(WAIT_FOR_ONE_MS));
  }

  /** Cancelling ends the thread. */
  async #inOwnWorker<T>(
    signal: AbortSignal | undefined,
    work: (worker: WorkerClient<ReaderOperations>) => Promise<T>,
  ): Promise<T> {
    const worker = startReader(this.#database);
    const stop = (): void => void worker[Symbol.asyncDispose]();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      if (signal?.aborted) throw cancelled();
      return await work(worker);
    } catch (cause) {
      throw signal?.aborted ? cancelled() : cause;
    } finally {
      signal?.removeEventListener('abort', stop);
      await worker[Symbol.asyncDispose]();
    }
  }
}

function startReader(database: string): WorkerClient<ReaderOperations> {
  const url = workerUrl({ folder: 'sqlite', name: 'reader-worker' });
  return new WorkerClient({ url, data: { database }, heapLimitMb: READER_HEAP_MB });
}

function cancelled(): Fault {
  return new Fault('cancelled', 'The call was cancelled');
}
