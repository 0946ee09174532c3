import { createStore } from 'zustand/vanilla';
import type { DetachedPanel } from '../../schema/contract/window.ts';
import type { SessionId } from '../../schema/entities.ts';
import { follow } from './follow.ts';
import type { KernelClient } from './kernel-client.ts';
import { windowSlot } from './window-slot.ts';

export interface DetachedStoreOptions {
  readonly client: Pick<KernelClient, 'window'>;
  readonly onFailure: (thrown: unknown) => void;
}

/** The panels of this window that have windows of their own. */
export class DetachedStore {
  readonly store = createStore<{ readonly panels: readonly DetachedPanel[] }>(() => ({ panels: [] }));
  readonly #options: DetachedStoreOptions;

  constructor(options: DetachedStoreOptions) {
    this.#options = options;
  }

  follow(signal: AbortSignal): Promise<void> {
    return follow({
      open: (inner) => this.#options.client.window.detached({ window: windowSlot }, { signal: inner }),
      onEvent: ({ panels }) => this.store.setState({ panels }),
      signal,
    });
  }

  /** Gives a panel a window of its own; it leaves this one once that is there. */
  async detach(session: SessionId, panel: string): Promise<void> {
    try {
      await this.#options.client.window.open({ window: windowSlot, session, panel });
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }
}
