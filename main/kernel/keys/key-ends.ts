import type { Clock } from '../../base/clock.ts';
import { type KeyRecord, stateOf } from './key-record.ts';

export interface KeyEndsOptions {
  readonly clock: Clock;
  /** Undefined where there is no such key, or none any more. */
  readonly recordOf: (id: string) => KeyRecord | undefined;
}

interface Watch extends Disposable {
  readonly ended: () => void;
}

/** A timer runs for so long at most; a key may live for longer than timers of the machine can be set. */
const LONGEST_TIMER_MS = 24 * 60 * 60 * 1000;

/** Tells whoever goes on with a key after it was let in when that key is good no more. */
export class KeyEnds implements Disposable {
  readonly #options: KeyEndsOptions;
  readonly #watches = new Map<string, Set<Watch>>();

  constructor(options: KeyEndsOptions) {
    this.#options = options;
  }

  /** Calls back once: when the key is rotated or revoked, or its time is over; at once where it has ended already. */
  watch(id: string, ended: () => void): Disposable {
    if (this.#remainingMs(id) <= 0) {
      ended();
      return { [Symbol.dispose]: () => undefined };
    }
    let timer: Disposable | undefined;
    const watch: Watch = {
      ended,
      [Symbol.dispose]: () => {
        timer?.[Symbol.dispose]();
        this.#leave(id, watch);
      },
    };
    const wait = (): void => {
      timer = this.#options.clock.setTimer(Math.min(this.#remainingMs(id), LONGEST_TIMER_MS), () => {
        if (this.#remainingMs(id) > 0) wait();
        else end(watch);
      });
    };
    wait();
    const theirs = this.#watches.get(id) ?? new Set();
    this.#watches.set(id, theirs.add(watch));
    return watch;
  }

  /** To be called when a key has ended before its time. */
  tell(id: string): void {
    for (const watch of this.#watches.get(id) ?? []) end(watch);
  }

  /** Of keys: how many are watched. */
  get size(): number {
    return this.#watches.size;
  }

  /** Nobody is told any more. */
  [Symbol.dispose](): void {
    for (const watch of [...this.#watches.values()].flatMap((theirs) => [...theirs])) watch[Symbol.dispose]();
  }

  #remainingMs(id: string): number {
    const { clock, recordOf } = this.#options;
    const record = recordOf(id);
    const nowMs = clock.now();
    return record === undefined || stateOf(record, nowMs) !== 'active' ? 0 : record.expiresAt - nowMs;
  }

  #leave(id: string, watch: Watch): void {
    const theirs = this.#watches.get(id);
    theirs?.delete(watch);
    if (theirs?.size === 0) this.#watches.delete(id);
  }
}

function end(watch: Watch): void {
  watch[Symbol.dispose]();
  watch.ended();
}
