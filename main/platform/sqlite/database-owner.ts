import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditBatch } from '../../kernel/audit/audit-store.ts';
import type { ChainHead } from '../../kernel/audit/chain.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import type { ChainArchive } from '../../kernel/audit/retention.ts';
import { listArchives, removeArchive } from './archive-file.ts';
import { AuditTable } from './audit-table.ts';
import { readChainBase } from './chain-base.ts';
import { type Connection, reopenWriter } from './connection.ts';
import { asideName, backupName, databaseFiles, listBackups, removeUnfinished } from './database-files.ts';
import { finishBackup } from './inspect-file.ts';
import { openDatabase, type Recovery } from './open-database.ts';
import { StateTable, type StoredDocument } from './state-table.ts';
import { storageFault } from './storage-fault.ts';
import { SyncMode } from './sync-mode.ts';

const WAL_CHECKPOINT_AFTER_COMMITS = 1000;
const WAL_CHECKPOINT_AFTER_MS = 60_000;
/**
 * SQLite's own default (https://sqlite.org/wal.html#avoiding_excessively_large_wal_files): a WAL of this many pages is
 * written over from its beginning, and syncing it is cheaper than while it grows.
 */
const WAL_CHECKPOINT_AFTER_PAGES = 1000;
/** What a small commit writes to the WAL; a larger one is judged by its bytes. */
const PAGES_OF_A_COMMIT = 2;
const PAYLOAD_OF_A_PAGE = 3000;
const NOTE_AT_MOST_EVERY_MS = 1000;
const BACKUPS_KEPT = 5;

interface Tables {
  readonly connection: Connection;
  readonly audit: AuditTable;
  readonly state: StateTable;
  readonly syncMode: SyncMode;
}

/** Owns the one connection that writes. After a failure it opens the database anew with the next request. */
export class DatabaseOwner {
  readonly #files;
  #tables: Tables | undefined;
  /** The newest checkpoint that is not yet kept beside the database. */
  #note: string | undefined;
  #noteWrittenAtMs = Number.NEGATIVE_INFINITY;
  #noteTimer: NodeJS.Timeout | undefined;
  #commits = 0;
  #walPages = 0;
  #checkpointTimer: NodeJS.Timeout | undefined;

  constructor(database: string) {
    this.#files = databaseFiles(database);
  }

  /** Answers what had to be repaired. */
  open(nowMs: number): Recovery | undefined {
    removeUnfinished(this.#files);
    const { connection, recovery } = openDatabase(this.#files, nowMs);
    this.#tables = tablesOf(connection);
    return recovery;
  }

  head(): ChainHead | undefined {
    return this.#do('read the chain', ({ audit }) => audit.head);
  }

  append(batch: AuditBatch): void {
    this.#do('write to the database', ({ audit }) => audit.append(batch));
    this.#note = batch.note ?? this.#note;
    this.#count(batch.bodies);
  }

  heldNote(): string | undefined {
    return existsSync(this.#files.note) ? readFileSync(this.#files.note, 'utf8') : undefined;
  }

  put({ atMs, ...document }: StoredDocument & { readonly atMs: number }): void {
    this.#do('write to the database', ({ state }) => state.put(document, atMs));
    this.#count([document.value]);
  }

  delete({ kind, id }: Pick<StoredDocument, 'kind' | 'id'>): void {
    this.#do('write to the database', ({ state }) => state.delete(kind, id));
    this.#count([]);
  }

  get({ kind, id }: Pick<StoredDocument, 'kind' | 'id'>): string | undefined {
    return this.#do('read the database', ({ state }) => state.get(kind, id));
  }

  list({ kind }: Pick<StoredDocument, 'kind'>): StoredDocument[] {
    return this.#do('read the database', ({ state }) => state.list(kind));
  }

  /** Copies the database while it is in use, verifies the copy and keeps the newest five. Answers the copy's path. */
  async backup({ nowMs }: { readonly nowMs: number }): Promise<string> {
    const target = await this.#copyTo(this.#files.backups, backupName(nowMs));
    for (const old of listBackups(this.#files).slice(BACKUPS_KEPT)) rmSync(old, { force: true });
    return target;
  }

  base(): ChainHead {
    return this.#do('read the chain', ({ connection }) => readChainBase(connection));
  }

  /** What the database has in use, free pages left out, and the archives. */
  usage(): { readonly chainBytes: number; readonly archives: readonly ChainArchive[] } {
    const pages = this.#do('read the database', ({ connection }) => {
      const [count, free, sizeBytes] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
        Number(connection.pragma(name, { simple: true })),
      );
      return ((count ?? 0) - (free ?? 0)) * (sizeBytes ?? 0);
    });
    return { chainBytes: pages, archives: listArchives(this.#files.archives) };
  }

  cutPoint(request: Parameters<AuditTable['cutPoint']>[0]): ChainHead | undefined {
    return this.#do('read the chain', ({ audit }) => audit.cutPoint(request));
  }

  cut(base: ChainHead): void {
    // The note beside shall not be over what is only in an archive from now on.
    this.#writeNote();
    this.#do('cut the chain', ({ audit }) => audit.cut(base));
    this.#checkpointWal();
  }

  removeArchive(name: string): void {
    removeArchive(this.#files.archives, name);
  }

  /** Copies the database to the archives and empties the chain. Answers the copy's name. */
  async setChainAside({ nowMs }: { readonly nowMs: number }): Promise<string> {
    const name = asideName(nowMs);
    await this.#copyTo(this.#files.archives, name);
    this.#do('set the chain aside', ({ audit }) => audit.clear());
    return name;
  }

  /** Does what is due, such as bringing the WAL into the database. */
  tidy(): void {
    if (this.#commits >= WAL_CHECKPOINT_AFTER_COMMITS || this.#walPages >= WAL_CHECKPOINT_AFTER_PAGES) {
      this.#checkpointWal();
    }
    this.#keepNote();
  }

  close(): void {
    clearTimeout(this.#checkpointTimer);
    this.#checkpointTimer = undefined;
    const connection = this.#tables?.connection;
    this.#tables = undefined;
    // The last connection that closes brings the WAL into the database.
    connection?.close();
    // Everything is in the database now, so the note may tell of it.
    this.#writeNote();
  }

  async #copyTo(folder: string, name: string): Promise<string> {
    const target = join(folder, name);
    const unfinished = `${target}.tmp`;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      await this.#open().connection.backup(unfinished);
      finishBackup(unfinished);
      renameSync(unfinished, target);
      return target;
    } catch (cause) {
      rmSync(unfinished, { force: true });
      throw storageFault('back up the database', cause);
    }
  }

  #open(): Tables {
    // No recovery here: what is damaged in the middle of a run is set aside by the next start, which tells the operator.
    this.#tables ??= tablesOf(reopenWriter(this.#files.database));
    return this.#tables;
  }

  #do<T>(action: string, work: (tables: Tables) => T): T {
    try {
      return work(this.#open());
    } catch (cause) {
      this.#abandon();
      throw storageFault(action, cause);
    }
  }

  /** After an error of the disk the connection may believe what is not so. */
  #abandon(): void {
    try {
      this.close();
    } catch {
      this.#tables = undefined;
    }
  }

  /** A note must not vouch for more than the disk holds, nor cost two syncs for each of many checkpoints in a row. */
  #keepNote(): void {
    if (this.#note === undefined || this.#tables?.syncMode.allSynced === false) return;
    const waitMs = this.#noteWrittenAtMs + NOTE_AT_MOST_EVERY_MS - performance.now();
    if (waitMs > 0) {
      this.#noteTimer ??= setTimeout(() => this.#writeNote(), waitMs).unref();
      return;
    }
    this.#writeNote();
  }

  #writeNote(): void {
    clearTimeout(this.#noteTimer);
    this.#noteTimer = undefined;
    if (this.#note === undefined || this.#tables?.syncMode.allSynced === false) return;
    try {
      writeFileAtomically(this.#files.note, this.#note);
      this.#note = undefined;
      this.#noteWrittenAtMs = performance.now();
    } catch {
      // The record is stored, which is what was asked for; the copy beside it follows later.
    }
  }

  /** Notes what a commit added to the WAL; it is brought into the database after whoever wrote has the answer. */
  #count(values: readonly string[]): void {
    this.#commits += 1;
    let bytes = 0;
    for (const value of values) bytes += value.length;
    this.#walPages += PAGES_OF_A_COMMIT + Math.floor(bytes / PAYLOAD_OF_A_PAGE);
    this.#checkpointTimer ??= setTimeout(() => this.#checkpointWal(), WAL_CHECKPOINT_AFTER_MS).unref();
  }

  #checkpointWal(): void {
    this.#commits = 0;
    this.#walPages = 0;
    clearTimeout(this.#checkpointTimer);
    this.#checkpointTimer = undefined;
    try {
      this.#tables?.connection.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      // Nothing is lost: the WAL stays as it is, and the next write tells what is wrong with the disk.
      this.#abandon();
    }
  }
}

function tablesOf(connection: Connection): Tables {
  const syncMode = new SyncMode(connection);
  const audit = new AuditTable(connection, syncMode);
  return { connection, audit, state: new StateTable(connection, syncMode), syncMode };
}
