import type { Connection } from './connection.ts';
import type { SyncMode } from './sync-mode.ts';

/** A document as it is stored: its value is JSON. */
export interface StoredDocument {
  readonly kind: string;
  readonly id: string;
  readonly value: string;
}

/** Keeps documents by kind and id; runs where the one writing connection is. */
export class StateTable {
  readonly #syncMode: SyncMode;
  readonly #put;
  readonly #delete;
  readonly #get;
  readonly #list;

  constructor(connection: Connection, syncMode: SyncMode) {
    this.#syncMode = syncMode;
    this.#put = connection.prepare<[string, string, string, number]>(
      'INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?)',
    );
    this.#delete = connection.prepare<[string, string]>('DELETE FROM document WHERE kind = ? AND id = ?');
    this.#get = connection
      .prepare<[string, string], string>('SELECT value FROM document WHERE kind = ? AND id = ?')
      .pluck();
    this.#list = connection.prepare<[string], StoredDocument>(
      'SELECT kind, id, value FROM document WHERE kind = ? ORDER BY id',
    );
  }

  /** Synced when it returns. */
  put({ kind, id, value }: StoredDocument, atMs: number): void {
    this.#syncMode.write('synced', () => this.#put.run(kind, id, value, atMs));
  }

  delete(kind: string, id: string): void {
    this.#syncMode.write('synced', () => this.#delete.run(kind, id));
  }

  get(kind: string, id: string): string | undefined {
    return this.#get.get(kind, id);
  }

  list(kind: string): StoredDocument[] {
    return this.#list.all(kind);
  }
}
