import { Fault, toFault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { SchedulerEvent } from './decision.ts';
import { SharedPlaces } from './shared-places.ts';
import { isEnded, specOf } from './task-document.ts';
import type { Entry } from './task-entry.ts';
import type { Turn } from './turn.ts';
import { type TurnOrder, transientTask } from './turn-order.ts';

export interface TurnsParts {
  readonly clock: Clock;
  /** Makes a task known that is not kept; told when its turn has come, or it has ended in the queue. */
  readonly enter: (document: Entry['document'], begin: () => void) => Entry;
  readonly apply: (event: SchedulerEvent) => void;
  /** Turns that one session may have at once, and one plugin in all sessions together. */
  readonly ownerMax: number;
}

/** What somebody runs by hand holds a slot for so long at most. */
const LASTS_AFTER_MS = 5 * 60 * 1000;

/** Turns of those who wait for them: tasks that are not kept, as nobody would wait any more. */
export class Turns implements Disposable {
  readonly #parts: TurnsParts;
  /** Ends the wait, or the watch over how long it lasts, of each that has not ended. */
  readonly #open = new Set<() => void>();
  /** Work that never ends keeps others of its own session or plugin waiting, and not those of all. */
  readonly #places: SharedPlaces;
  readonly #closing = new AbortController();

  constructor(parts: TurnsParts) {
    this.#parts = parts;
    this.#places = new SharedPlaces(parts.ownerMax);
  }

  /**
   * Waits for its turn, and does the work then. The signal takes it out of the queue, or is handed on.
   * @throws what the work throws; Fault `cancelled`
   */
  async inTurn<T>(order: TurnOrder, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const turn = await this.take(order, signal);
    try {
      const result = await work(turn.signal);
      turn.end({ ok: true });
      return result;
    } catch (thrown) {
      turn.end({ ok: false, failure: toFault(thrown), repeatable: false });
      throw thrown;
    }
  }

  /** A turn that its taker has to end, however its work goes. @throws Fault `cancelled` */
  async take(order: TurnOrder, signal: AbortSignal): Promise<Turn> {
    const leave = await this.#takePlaces(order, AbortSignal.any([signal, this.#closing.signal]));
    if (leave === undefined) throw this.#cancelled(order, 'it was cancelled');
    try {
      return await this.#takeSlot(order, signal, leave);
    } catch (thrown) {
      leave();
      throw thrown;
    }
  }

  /** The plugin's first: calls that wait for a plugin which never answers take no place of their session. Undefined where the signal aborts. */
  async #takePlaces({ session, plugin }: TurnOrder, signal: AbortSignal): Promise<(() => void) | undefined> {
    const owners = [...(plugin === undefined ? [] : [`plugin ${plugin}`]), ...(session === undefined ? [] : [session])];
    const taken: (() => void)[] = [];
    const leave = (): void => {
      for (const each of taken) each();
    };
    for (const owner of owners) {
      const place = await this.#places.take(owner, signal);
      if (place === undefined) {
        leave();
        return undefined;
      }
      taken.push(place);
    }
    return leave;
  }

  async #takeSlot(order: TurnOrder, signal: AbortSignal, leavePlace: () => void): Promise<Turn> {
    const { clock, enter, apply } = this.#parts;
    if (this.#isClosed || signal.aborted) throw this.#cancelled(order, 'it was cancelled');
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const entry = enter(transientTask(order, clock.now()), begin);
    const leave = (): void => entry.task && apply({ type: 'cancel', task: entry.task });
    signal.addEventListener('abort', leave, { once: true });
    this.#open.add(begin);
    apply({ type: 'submit', tasks: [specOf(entry.document)] });
    await begun;
    this.#open.delete(begin);
    if (this.#isClosed || isEnded(entry.document)) {
      signal.removeEventListener('abort', leave);
      throw this.#cancelled(order, 'it was cancelled while it waited');
    }
    const lasting = order.mayLast ? this.#watchLasting(entry, leavePlace) : undefined;
    return {
      signal: AbortSignal.any([signal, entry.abort.signal]),
      end: (outcome) => {
        lasting?.();
        signal.removeEventListener('abort', leave);
        leavePlace();
        if (entry.task !== undefined) apply({ type: 'finished', task: entry.task, outcome });
      },
    };
  }

  /** Whoever waits is told that the kernel is closing; no timer is left. */
  [Symbol.dispose](): void {
    this.#closing.abort();
    for (const end of this.#open) end();
    this.#open.clear();
  }

  #cancelled({ kind }: TurnOrder, state: string): Fault {
    return new Fault('cancelled', `Cannot begin ${kind}: ${this.#isClosed ? 'the kernel is closing' : state}`);
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Nobody knows which command is a server: what has run for so long does not keep others waiting any more. */
  #watchLasting(entry: Entry, leavePlace: () => void): () => void {
    const { clock, apply } = this.#parts;
    const timer = clock.setTimer(LASTS_AFTER_MS, () => {
      this.#open.delete(end);
      leavePlace();
      if (entry.task !== undefined) apply({ type: 'lasts', task: entry.task });
    });
    const end = (): void => {
      this.#open.delete(end);
      timer[Symbol.dispose]();
    };
    this.#open.add(end);
    return end;
  }
}
