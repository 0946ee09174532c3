import type { SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { Logger } from '../../../base/logger.ts';

export interface TestedMergesOptions {
  /** False while the operator has not turned automatic merges on. */
  readonly enabled: () => boolean;
  readonly hasChanges: (session: SessionId, signal: AbortSignal) => Promise<boolean>;
  /** Asks for the merge as any other caller does; rejects where it has to wait for a person. */
  readonly merge: (session: SessionId, signal: AbortSignal) => Promise<unknown>;
  readonly logger: Logger;
}

/** Asks for a session's merge when its tests passed. Whether it goes through is decided where all merges are. */
export class TestedMerges implements AsyncDisposable {
  readonly #options: TestedMergesOptions;
  readonly #signal = new AbortController().signal;
  #closed = false;
  readonly #running = new Map<SessionId, Promise<void>>();

  constructor(options: TestedMergesOptions) {
    this.#options = options;
  }

  /** Returns at once; whoever ran the tests does not wait for the merge. */
  testsPassed(session: SessionId): void {
    if (!this.#options.enabled() || this.#closed) return;
    const before = this.#running.get(session) ?? Promise.resolve();
    const run = before.then(() => this.#merge(session));
    this.#running.set(session, run);
    void run.then(() => {
      if (this.#running.get(session) === run) this.#running.delete(session);
    });
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** What passed its tests before the end is still merged: it is small, and nobody would ask for it again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  async #merge(session: SessionId): Promise<void> {
    const { hasChanges, merge, logger } = this.#options;
    const signal = this.#signal;
    try {
      if (!(await hasChanges(session, signal))) return;
      await merge(session, signal);
      logger.info('What a session changed was merged after its tests passed', { session });
    } catch (thrown) {
      const code = thrown instanceof Fault ? thrown.code : 'internal';
      // It is in the audit log with its reasons, and the changes are there to be reviewed.
      if (code === 'needs_review' || code === 'denied') logger.info('A merge waits for review', { session });
      else logger.warn('A merge after passed tests failed', { session, error: thrown });
    }
  }
}
