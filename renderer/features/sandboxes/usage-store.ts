import { createStore } from 'zustand/vanilla';
import type { SandboxStats } from '../../../schema/contract/sandbox.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

/** What is kept and shown. */
const MINUTE_SECONDS = 60;

/** How many samples make the minute. */
export function samplesEvery(everySeconds: number): number {
  return Math.round(MINUTE_SECONDS / everySeconds);
}

/** What the sandbox of one session used in the last minute; followed while it is shown. */
export class UsageStore {
  readonly store = createStore<{ readonly samples: readonly SandboxStats[] }>(() => ({ samples: [] }));
  readonly #client: Pick<KernelClient, 'sandbox'>;
  readonly #session: SessionId;
  readonly #everySeconds: number;

  constructor(client: Pick<KernelClient, 'sandbox'>, session: SessionId, everySeconds = 1) {
    this.#client = client;
    this.#session = session;
    this.#everySeconds = everySeconds;
  }

  /** Until the signal aborts or the sandbox has ended. Meters are no place to complain: what ended it is said elsewhere. */
  follow(signal: AbortSignal): Promise<void> {
    this.store.setState({ samples: [] });
    const [session, everySeconds] = [this.#session, this.#everySeconds];
    const kept = samplesEvery(everySeconds);
    return follow({
      open: (opened) => this.#client.sandbox.stats({ session, everySeconds }, { signal: opened }),
      onEvent: (sample) => this.store.setState(({ samples }) => ({ samples: [...samples, sample].slice(-kept) })),
      signal,
    });
  }
}
