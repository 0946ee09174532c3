import { Fault, toFault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { SchedulerEvent } from './decision.ts';
import { isEnded, specOf } from './task-document.ts';
import type { Entry } from './task-entry.ts';
import type { Turn } from './turn.ts';
import { type TurnOrder, transientTask } from './turn-order.ts';

export interface TurnsParts {
  readonly clock: Clock;
  /** Makes a task known that is not kept; told when its turn has come, or it has ended in the queue. */
  readonly enter: (document: Entry['document'], begin: () => void) => Entry;
  readonly apply: (event: SchedulerEvent) => void;
}

/** What somebody runs by hand holds a slot for so long at most. */
const LASTS_AFTER_MS = 5 * 60 * 1000;

/** Turns of those who wait for them: tasks that are not kept, as nobody would wait any more. */
export class Turns implements Disposable {
  readonly #parts: TurnsParts;
  /** Ends the wait, or the watch over how long it lasts, of each that has not ended. */
  readonly #open = new Set<() => void>();
  #isClosed = false;

  constructor(parts: TurnsParts) {
    this.#parts = parts;
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
    const { clock, enter, apply } = this.#parts;
    if (signal.aborted) throw cancelled(order, 'it was cancelled');
    if (this.#isClosed) throw cancelled(order, 'the kernel is closing');
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
      throw cancelled(order, this.#isClosed ? 'the kernel is closing' : 'it was cancelled while it waited');
    }
    const lasting = order.mayLast ? this.#watchLasting(entry) : undefined;
    return {
      signal: AbortSignal.any([signal, entry.abort.signal]),
      end: (outcome) => {
        lasting?.();
        signal.removeEventListener('abort', leave);
        if (entry.task !== undefined) apply({ type: 'finished', task: entry.task, outcome });
      },
    };
  }

  /** Whoever waits is told that the kernel is closing; no timer is left. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const end of this.#open) end();
    this.#open.clear();
  }

  /** Nobody knows which command is a server: what has run for so long does not keep others waiting any more. */
  #watchLasting(entry: Entry): () => void {
    const { clock, apply } = this.#parts;
    const timer = clock.setTimer(LASTS_AFTER_MS, () => {
      this.#open.delete(end);
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

function cancelled({ kind }: TurnOrder, state: string): Fault {
  return new Fault('cancelled', `Cannot begin ${kind}: ${state}`);
}
