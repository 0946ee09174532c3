import { createStore } from 'zustand/vanilla';
import type { SandboxStats } from '../../../schema/contract/sandbox.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

/** A minute, at one a second. */
export const SAMPLES = 60;

/** What the sandbox of one session used in the last minute; followed while it is shown. */
export class UsageStore {
  readonly store = createStore<{ readonly samples: readonly SandboxStats[] }>(() => ({ samples: [] }));
  readonly #client: Pick<KernelClient, 'sandbox'>;
  readonly #session: SessionId;

  constructor(client: Pick<KernelClient, 'sandbox'>, session: SessionId) {
    this.#client = client;
    this.#session = session;
  }

  /** Until the signal aborts or the sandbox has ended. Meters are no place to complain: what ended it is said elsewhere. */
  follow(signal: AbortSignal): Promise<void> {
    this.store.setState({ samples: [] });
    return follow({
      open: (opened) => this.#client.sandbox.stats({ session: this.#session }, { signal: opened }),
      onEvent: (sample) => this.store.setState(({ samples }) => ({ samples: [...samples, sample].slice(-SAMPLES) })),
      signal,
    });
  }
}
