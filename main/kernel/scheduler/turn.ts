import type { SessionId } from '../../../schema/entities.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { TaskOutcome } from './task.ts';

/** The profile of work that is in no sandbox. */
export const KERNEL_PROFILE = 'kernel';

/** Work that is wanted now, by somebody who waits for it. */
export interface TurnOf {
  readonly kind: string;
  readonly session: SessionId;
  readonly effect: 'read' | 'write';
  /** The session's own if absent. */
  readonly profile?: string;
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
