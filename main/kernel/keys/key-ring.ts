import type { KeyScope } from '../../../schema/key-scope.ts';
import { parseKeyScope } from '../../../schema/key-scope.ts';
import type { Caller } from '../dispatch/context.ts';
import { keyCaller } from './key-caller.ts';
import { ENDED_KEPT_MS, ENDED_KEYS_LIMIT } from './key-rules.ts';
import { endOf, type KeyRecord, stateOf } from './key-record.ts';
import type { KeyStore } from './ports.ts';

/** A key as requests are held against it. */
export interface HeldKey {
  readonly record: KeyRecord;
  readonly scope: KeyScope;
  readonly digest: Buffer;
  /** The same for each use. */
  readonly caller: Caller;
}

/** Every key that is kept, by id. What was written may be asked for at once; what could not be written is not there. */
export class KeyRing {
  readonly #store: KeyStore;
  readonly #held = new Map<string, HeldKey>();

  private constructor(store: KeyStore) {
    this.#store = store;
  }

  /** Ends what a crash left: a key whose successor was written has ended, also where that was not written any more. */
  static async open(store: KeyStore): Promise<KeyRing> {
    const ring = new KeyRing(store);
    for (const record of store.all()) ring.#hold(record);
    for (const { record } of ring.#held.values()) {
      const before = record.previous === undefined ? undefined : ring.get(record.previous)?.record;
      if (before === undefined || before.ended !== undefined) continue;
      await ring.put({ ...before, ended: { at: record.issuedAt, why: 'rotated' } });
    }
    return ring;
  }

  get(id: string): HeldKey | undefined {
    return this.#held.get(id);
  }

  all(): KeyRecord[] {
    return Array.from(this.#held.values(), ({ record }) => record);
  }

  /** In force once it is on disk. Rejects with `storage_failed`, and nothing has changed then. */
  async put(record: KeyRecord): Promise<void> {
    await this.#store.put(record);
    this.#hold(record);
  }

  /** In force at once; on disk when it resolves. For what takes rights away. */
  async putNow(record: KeyRecord): Promise<void> {
    this.#hold(record);
    await this.#store.put(record);
  }

  /** Forgets keys that ended long ago, and the oldest of too many; gives their ids. Whoever is still to be told of one keeps it. */
  async prune(nowMs: number): Promise<string[]> {
    const ended = this.all()
      .filter((record) => stateOf(record, nowMs) !== 'active' && (record.notice === undefined || record.notice.failed))
      .sort((a, b) => endOf(b) - endOf(a));
    const gone = ended.filter((record, index) => index >= ENDED_KEYS_LIMIT || endOf(record) + ENDED_KEPT_MS <= nowMs);
    for (const { id, previous } of gone) {
      // What says that the key before it has ended never goes before that key.
      for (const each of previous === undefined ? [id] : [previous, id]) {
        this.#held.delete(each);
        await this.#store.delete(each);
      }
    }
    return gone.map(({ id }) => id);
  }

  #hold(record: KeyRecord): void {
    const scope = parseKeyScope(record.scope);
    // The store's schema holds scopes to their form.
    if (scope === undefined) return;
    const { id, digest } = record;
    this.#held.set(id, { record, scope, digest: Buffer.from(digest, 'hex'), caller: keyCaller(id, scope) });
  }
}
