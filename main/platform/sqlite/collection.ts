import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { Logger } from '../../base/logger.ts';
import type { StateStore } from './state-store.ts';

export interface CollectionOptions<S extends TSchema> {
  readonly store: StateStore;
  /** The kind under which its documents are stored; each has one schema. */
  readonly kind: string;
  readonly schema: S;
  readonly logger: Logger;
}

/**
 * The documents of one kind, held in memory and written through in order: few and small ones, such as sessions. Reading
 * never waits. A document that is not of the schema when it is loaded is left where it is and told to the log.
 */
export class Collection<S extends TSchema> {
  readonly #options: CollectionOptions<S>;
  readonly #values: Map<string, Static<S>>;
  readonly #writing = new Set<Promise<void>>();

  private constructor(options: CollectionOptions<S>, values: Map<string, Static<S>>) {
    this.#options = options;
    this.#values = values;
  }

  static async open<S extends TSchema>(options: CollectionOptions<S>): Promise<Collection<S>> {
    const values = new Map<string, Static<S>>();
    for (const { id, value } of await options.store.list(options.kind)) {
      if (Check(options.schema, value)) values.set(id, value);
      else options.logger.error('A stored document is not of its schema', { kind: options.kind, id });
    }
    return new Collection(options, values);
  }

  all(): Static<S>[] {
    return [...this.#values.values()];
  }

  ids(): IterableIterator<string> {
    return this.#values.keys();
  }

  get(id: string): Static<S> | undefined {
    return this.#values.get(id);
  }

  /** Visible at once, on disk soon; `putSynced` and `flush` wait for that. A failure goes to the log and to `flush`. */
  put(id: string, value: Static<S>): void {
    this.putSynced(id, value).catch((cause: unknown) => this.#lost(id, cause));
  }

  delete(id: string): void {
    this.deleteSynced(id).catch((cause: unknown) => this.#lost(id, cause));
  }

  /** Gone from the disk when it resolves. Rejects with `storage_failed`. */
  async deleteSynced(id: string): Promise<void> {
    this.#values.delete(id);
    const { store, kind } = this.#options;
    await this.#track(store.delete(kind, id));
  }

  /** On disk when it resolves. Rejects with `storage_failed`. */
  async putSynced(id: string, value: Static<S>): Promise<void> {
    this.#values.set(id, value);
    const { store, kind } = this.#options;
    await this.#track(store.put(kind, id, value));
  }

  /** Resolves when everything that was put is on disk, or was found to have failed. */
  async flush(): Promise<void> {
    await Promise.allSettled(this.#writing);
  }

  #track(write: Promise<void>): Promise<void> {
    const tracked = write.finally(() => this.#writing.delete(tracked));
    this.#writing.add(tracked);
    return tracked;
  }

  #lost(id: string, cause: unknown): void {
    this.#options.logger.error('A document could not be stored', { kind: this.#options.kind, id, cause });
  }
}
