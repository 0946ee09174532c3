import type { Durability } from '../../kernel/audit/audit-store.ts';
import type { Connection } from './connection.ts';

/** Decides for each commit of the writing connection whether it is synced to disk. A synced one syncs all before it as well. */
export class SyncMode {
  readonly #connection: Connection;
  #mode: Durability | undefined;
  #allSynced = true;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Whether every commit so far is on disk. */
  get allSynced(): boolean {
    return this.#allSynced;
  }

  write(durability: Durability, commit: () => void): void {
    if (this.#mode !== durability) {
      this.#connection.pragma(`synchronous = ${durability === 'synced' ? 'FULL' : 'NORMAL'}`);
      this.#mode = durability;
    }
    commit();
    this.#allSynced = durability === 'synced';
  }
}
