import type { SessionId } from '../../../../schema/entities.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Changes } from '../changes.ts';

export interface BaseWatchOptions {
  readonly changes: Pick<Changes, 'list'>;
  /** The sessions whose sandboxes are at work. */
  readonly running: () => readonly SessionId[];
  readonly clock: Clock;
  readonly logger: Logger;
}

const SHORTEST_MS = 1000;
/** At most this share of the time is spent on looking. */
const SHARE = 1 / 20;

/**
 * Looks at running sessions again and again, so that the old content of a path is kept soon after the path first appears
 * in a layer: an operator who edits the same file later then gets a three-way merge instead of a conflict. A look costs
 * a stat for each changed file; the more it costs, the rarer it is.
 */
export class BaseWatch implements AsyncDisposable {
  readonly #options: BaseWatchOptions;
  readonly #stop = new AbortController();
  #timer: Disposable | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: BaseWatchOptions) {
    this.#options = options;
    this.#wait(SHORTEST_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#timer?.[Symbol.dispose]();
    await this.#looking;
  }

  #wait(delayMs: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = this.#options.clock.setTimer(delayMs, () => {
      this.#looking = this.#look();
    });
  }

  async #look(): Promise<void> {
    const { changes, running, clock, logger } = this.#options;
    const { signal } = this.#stop;
    const startedMs = clock.now();
    for (const session of running()) {
      if (signal.aborted) return;
      try {
        await changes.list({ session, signal });
      } catch (error) {
        // It was stopped or removed meanwhile, or its workspace is away; whoever asks for its changes is told.
        if (!signal.aborted) logger.debug('The changes of a running session could not be read', { session, error });
      }
    }
    this.#wait(Math.max(SHORTEST_MS, (clock.now() - startedMs) / SHARE));
  }
}
