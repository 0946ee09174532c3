import type { Clock } from '../../base/clock.ts';
import type { WorkerClient } from '../workers/worker-client.ts';
import type { DatabaseOperations } from './database-worker.ts';

/** Documents by kind and id, in the database. Writes are on disk when they resolve, in the order they were asked for. */
export class StateStore {
  readonly #writer: WorkerClient<DatabaseOperations>;
  readonly #clock: Clock;

  constructor(writer: WorkerClient<DatabaseOperations>, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
  }

  /** The value as it was put; parse it, or use a Collection, which does. */
  async get(kind: string, id: string): Promise<unknown> {
    const value = await this.#writer.call('get', { kind, id });
    return value === undefined ? undefined : (JSON.parse(value) as unknown);
  }

  /** Takes anything that JSON holds. Rejects with `storage_failed`. */
  async put(kind: string, id: string, value: unknown): Promise<void> {
    await this.#writer.call('put', { kind, id, value: JSON.stringify(value), atMs: this.#clock.now() });
  }

  /** Does nothing where there is no such document. */
  async delete(kind: string, id: string): Promise<void> {
    await this.#writer.call('delete', { kind, id });
  }

  /** All documents of a kind, by id. */
  async list(kind: string): Promise<{ readonly id: string; readonly value: unknown }[]> {
    const documents = await this.#writer.call('list', { kind });
    return documents.map(({ id, value }) => ({ id, value: JSON.parse(value) as unknown }));
  }
}
