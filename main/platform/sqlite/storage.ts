import type { TSchema } from 'typebox';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { checkBetterSqlite } from './better-sqlite-binding.ts';
import { WorkerClient } from '../workers/worker-client.ts';
import { workerUrl } from '../workers/worker-url.ts';
import { ChainArchives } from './chain-archives.ts';
import { Collection } from './collection.ts';
import { backupTimeMs, databaseFiles, listBackups } from './database-files.ts';
import type { DatabaseOperations } from './database-worker.ts';
import type { Recovery } from './open-database.ts';
import { SqliteAuditStore } from './sqlite-audit-store.ts';
import { StateStore } from './state-store.ts';

const BACKUP_EVERY_MS = 24 * 60 * 60 * 1000;
/** A start has better things to do than a backup that is due. */
const FIRST_BACKUP_AFTER_MS = 60_000;
/** Several sessions often end together, and each of them writes its last records first. */
const BACKUP_SOON_MS = 2000;
/** Where sessions come and go all the time: a copy of a long chain takes seconds, and five copies of the same minute are of no use. */
const BACKUPS_APART_MS = 10 * 60_000;

/** Does a backup that nobody waits for when its turn has come. */
export type BackupTurn = (work: () => Promise<string>) => Promise<string>;

export interface StorageOptions {
  /** The database's file; notes, backups and damaged databases lie in its folder, which must be there. */
  readonly database: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The database of a home: the chain, and documents. All of SQLite runs in workers. */
export class Storage implements AsyncDisposable {
  readonly audit: SqliteAuditStore;
  readonly archives: ChainArchives;
  readonly state: StateStore;
  /** What had to be repaired at the start, for the operator and the chain. */
  readonly recovery: Recovery | undefined;
  readonly #options: StorageOptions;
  readonly #writer: WorkerClient<DatabaseOperations>;
  #inTurn: BackupTurn = (work) => work();
  #backupTimer: Disposable | undefined;
  #soonTimer: Disposable | undefined;
  /** When the last one was made that the end of a session asked for. */
  #soonAtMs = Number.NEGATIVE_INFINITY;
  #disposed = false;

  private constructor(
    options: StorageOptions,
    writer: WorkerClient<DatabaseOperations>,
    recovery: Recovery | undefined,
  ) {
    this.#options = options;
    this.#writer = writer;
    this.recovery = recovery;
    this.audit = new SqliteAuditStore(options.database, writer, options.clock);
    this.archives = new ChainArchives(writer, this.audit);
    this.state = new StateStore(writer, options.clock);
    this.#scheduleBackup();
  }

  /** Opens the database, or what can be recovered of it. Rejects with `storage_failed`, `storage_newer` or `node_too_old`. */
  static async open(options: StorageOptions): Promise<Storage> {
    checkBetterSqlite();
    const url = workerUrl({ folder: 'sqlite', name: 'database-worker' });
    const writer = new WorkerClient<DatabaseOperations>({ url, data: { database: options.database } });
    try {
      const recovery = await writer.call('open', { nowMs: options.clock.now() });
      if (recovery) options.logger.error(recovery.message, { ...recovery });
      return new Storage(options, writer, recovery);
    } catch (cause) {
      await writer[Symbol.asyncDispose]();
      throw cause;
    }
  }

  /** The documents of one kind, each of that schema. */
  collection<S extends TSchema>(kind: string, schema: S): Promise<Collection<S>> {
    return Collection.open({ store: this.state, kind, schema, logger: this.#options.logger });
  }

  /** From now on the backups that are made by themselves wait for their turn. */
  takeTurns(inTurn: BackupTurn): void {
    this.#inTurn = inTurn;
  }

  /**
   * Makes a backup in a moment, or ten minutes after the last one of these, one for all who ask meanwhile: for the end of a session. A
   * failure goes to the log.
   */
  backupSoon(): void {
    if (this.#disposed) return;
    const { clock, logger } = this.#options;
    const dueInMs = this.#soonAtMs + BACKUPS_APART_MS - clock.now();
    // A clock that was set back makes nobody wait for longer.
    const delayMs = Math.min(Math.max(dueInMs, BACKUP_SOON_MS), BACKUPS_APART_MS);
    this.#soonTimer ??= clock.setTimer(delayMs, () => {
      this.#soonTimer = undefined;
      this.#soonAtMs = clock.now();
      this.#inTurn(() => this.backup()).catch((cause: unknown) =>
        logger.error('The backup at the end of a session failed', { cause }),
      );
    });
  }

  /** Makes a verified copy and keeps the newest five; answers its path. The daily one is made by itself. */
  backup(): Promise<string> {
    return this.#writer.call('backup', { nowMs: this.#options.clock.now() });
  }

  /** Closes the database and ends its threads. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#backupTimer?.[Symbol.dispose]();
    this.#soonTimer?.[Symbol.dispose]();
    await this.audit[Symbol.asyncDispose]();
    try {
      await this.#writer.call('close', undefined);
    } finally {
      await this.#writer[Symbol.asyncDispose]();
    }
  }

  #scheduleBackup(): void {
    const { clock, logger, database } = this.#options;
    const newest = listBackups(databaseFiles(database))[0];
    const dueInMs = newest === undefined ? BACKUP_EVERY_MS : backupTimeMs(newest) + BACKUP_EVERY_MS - clock.now();
    this.#backupTimer = clock.setTimer(Math.max(dueInMs, FIRST_BACKUP_AFTER_MS), () => {
      this.#inTurn(() => this.backup())
        .catch((cause: unknown) => logger.error('The daily backup failed', { cause }))
        .finally(() => {
          if (!this.#disposed) this.#scheduleBackup();
        });
    });
  }
}
