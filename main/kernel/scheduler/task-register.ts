import type { Task as TaskDocument } from '../../../schema/contract/task.ts';
import { isEnded } from './task-document.ts';
import type { Entry } from './task-entry.ts';

/** Ended tasks that are remembered: those of callers only here, kept ones in the database too. */
const REMEMBERED = 50_000;

/** All tasks that are known, those that ended among them, and the keys that were seen. */
export class TaskRegister {
  readonly #entries = new Map<string, Entry>();
  readonly #keys = new Map<string, string>();
  readonly #onForgotten: (id: string) => void;

  /** `onForgotten` hears of kept tasks that are too old to be remembered. */
  constructor(onForgotten: (id: string) => void) {
    this.#onForgotten = onForgotten;
  }

  add(entry: Entry): void {
    const { id, idempotencyKey } = entry.document;
    this.#entries.set(id, entry);
    if (idempotencyKey !== undefined) this.#keys.set(idempotencyKey, id);
    this.#forgetOldest();
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  byKey(key: string | undefined): Entry | undefined {
    return key === undefined ? undefined : this.#entries.get(this.#keys.get(key) ?? '');
  }

  values(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  /** Those that have not ended in the order they came, then the others, the newest first. */
  list(): TaskDocument[] {
    const all = [...this.#entries.values()].map(({ document }) => document);
    return [...all.filter((task) => !isEnded(task)), ...all.filter(isEnded).reverse()];
  }

  #forgetOldest(): void {
    if (this.#entries.size <= REMEMBERED) return;
    for (const [id, { document, isKept }] of this.#entries) {
      // What has a key stays, so that its key is known.
      if (!isEnded(document) || document.idempotencyKey !== undefined) continue;
      this.#entries.delete(id);
      if (isKept) this.#onForgotten(id);
      return;
    }
  }
}
