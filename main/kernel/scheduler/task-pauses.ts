import { toFault } from '../../../schema/fault.ts';
import type { Logger } from '../../base/logger.ts';
import type { SchedulerEvent } from './decision.ts';
import type { PausableSandboxes } from './ports.ts';
import { isEnded } from './task-document.ts';
import type { Entry } from './task-entry.ts';

export interface TaskPausesParts {
  readonly sandboxes: PausableSandboxes;
  readonly logger: Logger;
  /** Tells the scheduler what became of it. */
  readonly apply: (event: SchedulerEvent) => void;
}

/** Has the sandboxes of tasks stand still and go on, and ends what runs in them. */
export class TaskPauses {
  readonly #parts: TaskPausesParts;

  constructor(parts: TaskPausesParts) {
    this.#parts = parts;
  }

  end(entry: Entry): void {
    const { session } = entry.document;
    const wasPaused = entry.document.state === 'paused' && session !== undefined;
    // A command in a sandbox that stands still would never hear of its end.
    void entry.pausing.then(async () => {
      if (wasPaused) await this.#parts.sandboxes.unpause(session).catch(() => undefined);
      entry.abort.abort();
    });
  }

  async settle({ document }: Entry): Promise<void> {
    const { session, id } = document;
    if (session === undefined) return;
    await this.#parts.sandboxes.settle(session).catch((cause: unknown) => {
      this.#parts.logger.debug('a sandbox was not told that it will be paused', { session, task: id, cause });
    });
  }

  pause(entry: Entry): void {
    const { session, id } = entry.document;
    if (session === undefined) return;
    entry.pausing = this.#parts.sandboxes.pause(session).then(
      async () => {
        if (entry.abort.signal.aborted || isEnded(entry.document)) {
          await this.#parts.sandboxes.unpause(session).catch(() => undefined);
        }
        this.#tell(entry, 'paused');
      },
      (cause: unknown) => {
        this.#parts.logger.warn('a sandbox could not be paused', { session, task: id, cause });
        this.#tell(entry, 'pause_failed');
      },
    );
  }

  resume(entry: Entry): void {
    const { session } = entry.document;
    if (session === undefined) return;
    this.#parts.sandboxes.unpause(session).catch((thrown: unknown) => {
      const failure = toFault(thrown);
      entry.abort.abort();
      const outcome = { ok: false, failure, repeatable: true } as const;
      if (entry.task !== undefined) this.#parts.apply({ type: 'finished', task: entry.task, outcome });
    });
  }

  #tell({ task }: Entry, type: 'paused' | 'pause_failed'): void {
    if (task !== undefined) this.#parts.apply({ type, task });
  }
}
