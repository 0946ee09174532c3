import { toFault } from '../../../schema/fault.ts';
import type { PerformJob, TaskStore } from './ports.ts';
import { specOf } from './task-document.ts';
import type { Entry } from './task-entry.ts';
import { mayRepeat, type TaskOutcome } from './task.ts';

export interface JobsParts {
  readonly store: Pick<TaskStore, 'putSynced'>;
  readonly perform: PerformJob;
  readonly onEnd: (entry: Entry, outcome: TaskOutcome) => void;
}

/** What ended in one of these ways would end so again. */
const NOT_REPEATABLE: ReadonlySet<string> = new Set([
  'denied',
  'needs_review',
  'invalid_input',
  'invalid_output',
  'schema_too_costly',
  'unknown_call',
  'not_found',
  'cancelled',
]);

/** The work of kept tasks that is under way. */
export class Jobs {
  readonly #parts: JobsParts;
  readonly #working = new Set<Promise<void>>();

  constructor(parts: JobsParts) {
    this.#parts = parts;
  }

  begin(entry: Entry): void {
    const working = this.#work(entry).finally(() => this.#working.delete(working));
    this.#working.add(working);
  }

  /** Resolves when all that was begun has ended. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#working);
  }

  /** That it runs is on disk before it does: what may not be repeated is not, whenever the kernel ends. What may be need not wait for the disk. */
  async #work(entry: Entry): Promise<void> {
    const { store, perform, onEnd } = this.#parts;
    const { signal } = entry.abort;
    let outcome: TaskOutcome;
    try {
      if (!mayRepeat(specOf(entry.document))) await store.putSynced(entry.document);
      const result = await perform(entry.document, signal);
      entry.document = { ...entry.document, result };
      outcome = { ok: true };
    } catch (thrown) {
      const fault = toFault(thrown);
      if (fault.data !== undefined) entry.document = { ...entry.document, result: fault.data };
      outcome = { ok: false, failure: fault, repeatable: !NOT_REPEATABLE.has(fault.code) };
    }
    // One whose sandbox did not go on was told as failed already, and may run anew.
    if (entry.abort.signal === signal) onEnd(entry, outcome);
  }
}
