import type { ChainHead } from '../../kernel/audit/chain.ts';
import type { ArchiveStore, ChainArchive } from '../../kernel/audit/retention.ts';
import type { WorkerClient } from '../workers/worker-client.ts';
import type { DatabaseOperations } from './database-worker.ts';
import type { SqliteAuditStore } from './sqlite-audit-store.ts';

/** The archives beside the database: written in a thread of their own, cut off by the one that writes. */
export class ChainArchives implements ArchiveStore {
  readonly #writer: WorkerClient<DatabaseOperations>;
  readonly #store: SqliteAuditStore;

  constructor(writer: WorkerClient<DatabaseOperations>, store: SqliteAuditStore) {
    this.#writer = writer;
    this.#store = store;
  }

  base(): Promise<ChainHead> {
    return this.#writer.call('base', undefined);
  }

  usage(): Promise<{ readonly chainBytes: number; readonly archives: readonly ChainArchive[] }> {
    return this.#writer.call('usage', undefined);
  }

  cutPoint(request: { readonly throughSeq: number; readonly beforeMs: number }): Promise<ChainHead | undefined> {
    return this.#writer.call('cutPoint', request);
  }

  write(request: { readonly through: ChainHead; readonly manifest: string }): Promise<ChainArchive> {
    return this.#store.archive(request);
  }

  cut(base: ChainHead): Promise<void> {
    return this.#writer.call('cut', base);
  }

  remove(archive: string): Promise<void> {
    return this.#writer.call('removeArchive', archive);
  }
}
