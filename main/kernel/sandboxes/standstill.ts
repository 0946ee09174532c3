import type { Sandbox, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { LiveSandboxes } from './live-sandboxes.ts';
import type { SandboxRecords } from './sandbox-records.ts';

/** For whom a sandbox stands still: a task that makes room for another one, or the operator. */
export type Holder = 'task' | 'operator';

export interface StandstillOptions {
  readonly live: Pick<LiveSandboxes, 'get'>;
  /** What else is on the workspace of a session: nothing changes there while the session stands still. */
  readonly beside: { hold(session: SessionId): Promise<void>; release(session: SessionId): Promise<void> };
  readonly records: SandboxRecords;
  readonly nowMs: () => number;
}

/** Sandboxes that stand still, each with those of its session's plugins. One goes on when nobody holds it any more, so that a task's end does not end the operator's pause. */
export class Standstill {
  readonly #options: StandstillOptions;
  readonly #holders = new Map<SessionId, Set<Holder>>();
  /** One pause or resumption of a session at a time. */
  readonly #turns = new Map<SessionId, Promise<unknown>>();

  constructor(options: StandstillOptions) {
    this.#options = options;
    options.records.onChange(({ session, state }) => {
      if (state !== 'running') this.#holders.delete(session);
    });
  }

  /** Has all that runs in it stand still where it is; it keeps its memory. Does nothing where it is held by this one already. @throws Fault `session_not_running`, `sandbox_failed`, `engine_unavailable` */
  hold(session: SessionId, holder: Holder): Promise<Sandbox> {
    return this.#inTurn(session, async () => {
      const { live, beside, records, nowMs } = this.#options;
      const { engine, containerId } = live.get(session);
      const holders = this.#holders.get(session) ?? new Set<Holder>();
      if (holders.size === 0) {
        await beside.hold(session);
        await engine.pause(containerId).catch(async (thrown: unknown) => {
          await beside.release(session);
          throw thrown;
        });
      }
      this.#holders.set(session, holders.add(holder));
      if (holder === 'operator') records.change(session, { pausedAt: nowMs() });
    });
  }

  /** Lets it go on where nobody else holds it. Does nothing where it is not held by this one. @throws Fault as `hold` */
  release(session: SessionId, holder: Holder): Promise<Sandbox> {
    return this.#inTurn(session, async () => {
      const { live, beside, records } = this.#options;
      const { engine, containerId } = live.get(session);
      const holders = this.#holders.get(session);
      if (holders?.has(holder) !== true) return;
      if (holders.size === 1) {
        await engine.resume(containerId);
        await beside.release(session);
      }
      holders.delete(holder);
      if (holder === 'operator') records.change(session, { pausedAt: undefined });
    });
  }

  /** Gives the sandbox as it is afterwards. */
  async #inTurn(session: SessionId, work: () => Promise<void>): Promise<Sandbox> {
    const before = this.#turns.get(session) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(session, turn);
    try {
      await turn;
      const sandbox = this.#options.records.get(session)?.sandbox;
      if (sandbox) return sandbox;
      throw new Fault('session_not_running', `Cannot find the sandbox of session "${session}": it has none`);
    } finally {
      if (this.#turns.get(session) === turn) this.#turns.delete(session);
    }
  }
}

/** The sandboxes as the scheduler pauses them for its tasks. */
export function heldForTasks(sandboxes: {
  readonly standstill: Standstill;
  settle(session: SessionId): Promise<void>;
}) {
  return {
    settle: (session: SessionId): Promise<void> => sandboxes.settle(session),
    async pause(session: SessionId): Promise<void> {
      await sandboxes.standstill.hold(session, 'task');
    },
    async unpause(session: SessionId): Promise<void> {
      await sandboxes.standstill.release(session, 'task');
    },
  };
}
