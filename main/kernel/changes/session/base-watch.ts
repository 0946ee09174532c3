import type { SessionId } from '../../../../schema/entities.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import { type Pulse, Stirring } from '../../sandboxes/stirring.ts';
import type { Changes } from '../changes.ts';

export interface BaseWatchOptions {
  readonly changes: Pick<Changes, 'list'>;
  /** The sessions whose sandboxes are at work. */
  readonly running: () => readonly SessionId[];
  /** Of all that can write to the layer of a session. */
  readonly pulse: (session: SessionId) => ReturnType<Pulse>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SHORTEST_MS = 1000;
/** At most this share of the time is spent on looking. */
const SHARE = 1 / 20;

/**
 * Looks at running sessions again and again, so that the old content of a path is kept soon after the path first appears
 * in a layer: an operator who edits the same file later then gets a three-way merge instead of a conflict. A look costs
 * a stat for each changed file; the more it costs, the rarer it is, and where nothing in the sandbox has run there is none.
 */
export class BaseWatch implements AsyncDisposable {
  readonly #options: BaseWatchOptions;
  readonly #stop = new AbortController();
  #timer: Disposable | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stirrings = new Map<SessionId, Stirring>();

  constructor(options: BaseWatchOptions) {
    this.#options = options;
    this.#wait();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#timer?.[Symbol.dispose]();
    await this.#looking;
  }

  #wait(atLeastMs = 0): void {
    if (this.#stop.signal.aborted) return;
    const { clock } = this.#options;
    // With the other watches, which look at full seconds too: the program is woken once for all.
    const delayMs = Math.max(SHORTEST_MS - (clock.now() % SHORTEST_MS), atLeastMs);
    this.#timer = clock.setTimer(delayMs, () => {
      this.#looking = this.#look();
    });
  }

  async #look(): Promise<void> {
    const { changes, running, pulse, clock, logger } = this.#options;
    const { signal } = this.#stop;
    const startedMs = clock.now();
    const former = this.#stirrings;
    this.#stirrings = new Map(
      running().map((session) => [session, former.get(session) ?? new Stirring(() => pulse(session), clock)]),
    );
    for (const [session, stirring] of this.#stirrings) {
      if (signal.aborted) return;
      if (stirring.isStill()) continue;
      try {
        await changes.list({ session, signal });
        stirring.looked();
      } catch (error) {
        // It was stopped or removed meanwhile, or its workspace is away; whoever asks for its changes is told.
        if (!signal.aborted) logger.debug('The changes of a running session could not be read', { session, error });
      }
    }
    this.#wait((clock.now() - startedMs) / SHARE);
  }
}
