import type { Clock } from '../../base/clock.ts';
import type { LastUseStore } from './ports.ts';

/** At most one write in so long, however many keys are used however often. */
const FLUSH_AFTER_MS = 60_000;

/** When each key was last used: known at once, on disk within a minute. Disposing writes what is left. */
export class LastUses implements Disposable {
  readonly #clock: Clock;
  readonly #store: LastUseStore;
  readonly #uses: Map<string, number>;
  #flush: Disposable | undefined;
  #disposed = false;

  constructor({ clock, store }: { readonly clock: Clock; readonly store: LastUseStore }) {
    this.#clock = clock;
    this.#store = store;
    this.#uses = new Map(Object.entries(store.all()));
  }

  of(id: string): number | undefined {
    return this.#uses.get(id);
  }

  note(id: string): void {
    this.#uses.set(id, this.#clock.now());
    if (this.#disposed) return;
    this.#flush ??= this.#clock.setTimer(FLUSH_AFTER_MS, () => this.#write());
  }

  /** Goes with the next write. */
  forget(id: string): void {
    this.#uses.delete(id);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    if (this.#flush === undefined) return;
    this.#flush[Symbol.dispose]();
    this.#write();
  }

  #write(): void {
    this.#flush = undefined;
    this.#store.put(Object.fromEntries(this.#uses));
  }
}
