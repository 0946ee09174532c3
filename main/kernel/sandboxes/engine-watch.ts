import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { ContainerEvent, ContainerRuntime } from './container-runtime.ts';
import type { EngineAccess } from './engine-access.ts';
import { pause } from '../../base/pause.ts';

export interface EngineWatchOptions {
  readonly access: EngineAccess;
  readonly labels: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onEvent: (event: ContainerEvent) => void;
  readonly onGone: (fault: Fault) => void;
  /** Also after the first connection: what happened while nobody listened has to be looked up. */
  readonly onBack: (engine: ContainerRuntime) => Promise<void>;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4_000;

/** Follows an engine's events through its absences. */
export class EngineWatch implements Disposable {
  readonly #options: EngineWatchOptions;
  #stopping: AbortController | undefined;

  constructor(options: EngineWatchOptions) {
    this.#options = options;
  }

  /** Does nothing while it is on. */
  start(): void {
    if (this.#stopping) return;
    this.#stopping = new AbortController();
    void this.#follow(this.#stopping.signal);
  }

  [Symbol.dispose](): void {
    this.#stopping?.abort();
    this.#stopping = undefined;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        const engine = await this.#options.access.get();
        const events = engine.events(this.#options.labels, signal)[Symbol.asyncIterator]();
        const first = events.next();
        // A failure before it is awaited below is met there.
        first.catch(() => undefined);
        if (signal.aborted) return;
        await this.#options.onBack(engine);
        retryMs = FIRST_RETRY_MS;
        for (let next = await first; next.done !== true && !signal.aborted; next = await events.next()) {
          this.#options.onEvent(next.value);
        }
      } catch (thrown) {
        if (signal.aborted) return;
        this.#options.access.forget();
        this.#options.onGone(goneFault(thrown));
        this.#options.logger.info('the container engine is gone', { cause: thrown, retryMs });
      }
      await pause(this.#options.clock, retryMs, signal);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  }
}

function goneFault(thrown: unknown): Fault {
  const search = thrown instanceof Fault && thrown.fix !== undefined ? thrown : undefined;
  const reason = search === undefined ? 'Its socket was closed.' : (search.why ?? `${search.message}.`);
  return new Fault('engine_unavailable', 'Cannot reach the container engine: it is gone', {
    cause: thrown,
    retryable: true,
    why: `${reason} What runs inside of sandboxes goes on; none can be started or stopped meanwhile.`,
    fix: `${search?.fix ?? 'Start the container engine again.'} The sessions go on by themselves.`,
  });
}
