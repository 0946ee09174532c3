import type { SessionId } from '../../../schema/entities.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { TaskOutcome } from './task.ts';

/** The profile of work that is in no sandbox. */
export const KERNEL_PROFILE = 'kernel';

/** The profiles of what the kernel does for itself and for others, which have places beside all others, and how many. */
export const UPKEEP_SLOTS = { image: 2, backup: 1, plugin: 1 } as const;

/** Work of the kernel's own that takes time. */
export interface UpkeepOf {
  readonly kind: 'image.build' | 'image.pull' | 'backup' | 'plugin.inspect' | 'plugin.activate';
  readonly profile: keyof typeof UPKEEP_SLOTS;
  /** Of what, for whoever looks at the queue. */
  readonly name?: string;
  /** `background`: nobody waits for it. */
  readonly for: 'person' | 'background';
}

/** Port: does the work when its turn has come, under the signal that it is given. @throws Fault `cancelled`, and what the work throws */
export type DoUpkeep = <T>(of: UpkeepOf, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Work that is wanted now, by somebody who waits for it. */
export interface TurnOf {
  readonly kind: string;
  readonly session: SessionId;
  readonly effect: 'read' | 'write';
  /** The session's own if absent. */
  readonly profile?: string;
  /** Where a plugin answers that did not come with the program. */
  readonly plugin?: string;
}

/** The work's own signal, and how to say that it has ended, which must be said. */
export interface Turn {
  readonly signal: AbortSignal;
  end(outcome: TaskOutcome): void;
}

/** Port: waits until it is one's turn. Work that is part of a task has its turn already. @throws Fault `cancelled` */
export type TakeTurn = (of: TurnOf, context: Pick<CallContext, 'caller' | 'signal'>) => Promise<Turn>;

const NOT_SAID = { code: 'failed', message: 'It did not come to its end' };

/** A turn that counts as failed unless it is said before the end of its block that the work was done. */
export class HeldTurn implements Disposable {
  readonly #turn: Turn;
  #outcome: TaskOutcome = { ok: false, failure: NOT_SAID, repeatable: false };

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  get signal(): AbortSignal {
    return this.#turn.signal;
  }

  done(): void {
    this.#outcome = { ok: true };
  }

  [Symbol.dispose](): void {
    this.#turn.end(this.#outcome);
  }
}
