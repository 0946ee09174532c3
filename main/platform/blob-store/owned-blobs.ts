import Type, { type Static } from 'typebox';
import type { Blob, BlobStore } from './blob-store.ts';

/** Who refers to a content: with no owner it goes. */
export const BlobOwners = Type.Object({
  sizeBytes: Type.Integer(),
  owners: Type.Array(Type.String()),
});
export type BlobOwners = Static<typeof BlobOwners>;

/** Port: the owners of every content by its SHA-256, kept in the database; a Collection is one. */
export interface OwnerRecords {
  ids(): Iterable<string>;
  get(sha256: string): BlobOwners | undefined;
  /** On disk when it resolves. */
  putSynced(sha256: string, owners: BlobOwners): Promise<void>;
  delete(sha256: string): void;
}

export interface BlobReport {
  readonly contents: number;
  readonly references: number;
  /** What nobody refers to, which the collector removes at the next start. */
  readonly unreferenced: number;
  readonly problems: readonly {
    readonly sha256: string;
    readonly problem: string;
    readonly owners: readonly string[];
  }[];
}

/**
 * Contents that go with the last of their owners. A content and its owner appear together, and nothing is removed while
 * anything else is being put: what somebody refers to is never removed.
 */
export class OwnedBlobs {
  readonly #store: BlobStore;
  readonly #records: OwnerRecords;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: BlobStore, records: OwnerRecords) {
    this.#store = store;
    this.#records = records;
  }

  /** Stores content for that owner; it and the reference are on disk when it resolves. Rejects with `storage_failed`. */
  put(owner: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<Blob> {
    return this.#store.put(content, (blob, place) =>
      this.#alone(async () => {
        await place();
        await this.#refer(owner, blob);
      }),
    );
  }

  /** Makes somebody an owner of what is stored already; answers false where it is not. */
  adopt(owner: string, sha256: string): Promise<boolean> {
    return this.#alone(async () => {
      if (!(await this.#store.has(sha256))) return false;
      await this.#refer(owner, { sha256, sizeBytes: this.#records.get(sha256)?.sizeBytes ?? 0 });
      return true;
    });
  }

  /** See BlobStore. */
  read(sha256: string): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#store.read(sha256);
  }

  has(sha256: string): Promise<boolean> {
    return this.#store.has(sha256);
  }

  /** Ends every reference of an owner, and removes what nobody refers to any more. */
  async release(owner: string): Promise<void> {
    for (const sha256 of this.#records.ids()) {
      if (this.#ownersOf(sha256).includes(owner)) await this.#alone(() => this.#endReference(owner, sha256));
    }
  }

  /** Removes what nobody refers to, which a crash or a failure may leave. Answers what it removed. */
  async collect(): Promise<string[]> {
    const removed: string[] = [];
    for await (const sha256 of this.#store.list()) {
      if (this.#ownersOf(sha256).length > 0) continue;
      const isRemoved = await this.#alone(() => this.#removeUnreferenced(sha256));
      if (isRemoved) removed.push(sha256);
    }
    return removed;
  }

  /** Makes somebody an owner of everything that has none: for a database of which references may be missing. */
  async keepAll(owner: string): Promise<void> {
    for await (const sha256 of this.#store.list()) {
      if (this.#ownersOf(sha256).length === 0) await this.adopt(owner, sha256);
    }
  }

  /** Reads everything, and compares what is there with what is referred to. */
  async check(signal: AbortSignal): Promise<BlobReport> {
    const there = new Set<string>();
    const problems: BlobReport['problems'][number][] = [];
    for await (const sha256 of this.#store.list()) {
      signal.throwIfAborted();
      there.add(sha256);
      const problem = await this.#store.problemOf(sha256);
      // What was removed meanwhile is no problem.
      if (problem !== undefined && (await this.#store.has(sha256)))
        problems.push({ sha256, problem, owners: this.#ownersOf(sha256) });
    }
    let references = 0;
    for (const sha256 of [...this.#records.ids()].sort()) {
      const owners = this.#ownersOf(sha256);
      references += owners.length;
      if (owners.length === 0 || there.has(sha256) || (await this.#store.has(sha256))) continue;
      problems.push({ sha256, problem: 'It is referred to and not there', owners });
    }
    const unreferenced = [...there].filter((sha256) => this.#ownersOf(sha256).length === 0).length;
    return { contents: there.size, references, unreferenced, problems };
  }

  /** The owners of each content. */
  *owners(): Generator<readonly string[], void, undefined> {
    for (const sha256 of this.#records.ids()) yield this.#ownersOf(sha256);
  }

  #ownersOf(sha256: string): readonly string[] {
    return this.#records.get(sha256)?.owners ?? [];
  }

  async #refer(owner: string, { sha256, sizeBytes }: Blob): Promise<void> {
    const owners = this.#ownersOf(sha256);
    if (!owners.includes(owner)) await this.#records.putSynced(sha256, { sizeBytes, owners: [...owners, owner] });
  }

  async #endReference(owner: string, sha256: string): Promise<void> {
    const known = this.#records.get(sha256);
    if (known === undefined) return;
    const owners = known.owners.filter((other) => other !== owner);
    // The reference first: a crash in between leaves a content without an owner, not an owner without a content.
    await this.#records.putSynced(sha256, { ...known, owners });
    await this.#removeUnreferenced(sha256);
  }

  async #removeUnreferenced(sha256: string): Promise<boolean> {
    if (this.#ownersOf(sha256).length > 0) return false;
    await this.#store.delete(sha256);
    if (this.#records.get(sha256)) this.#records.delete(sha256);
    return true;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined); // whoever asked is told
    return mine;
  }
}
