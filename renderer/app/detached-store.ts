import { createStore } from 'zustand/vanilla';
import type { DetachedPanel } from '../../schema/contract/window.ts';
import type { SessionId } from '../../schema/entities.ts';
import { follow } from './follow.ts';
import type { KernelClient } from './kernel-client.ts';

export interface DetachedStoreOptions {
  readonly client: Pick<KernelClient, 'window'>;
  /** Which of the program's windows this page is in. */
  readonly slot: number;
  readonly onFailure: (thrown: unknown) => void;
}

interface DetachedState {
  readonly panels: readonly DetachedPanel[];
  /** Those whose windows were closed, until their session's panels are there to take them back. */
  readonly returning: readonly DetachedPanel[];
}

/** The panels of this window that have windows of their own. */
export class DetachedStore {
  readonly store = createStore<DetachedState>(() => ({ panels: [], returning: [] }));
  readonly #options: DetachedStoreOptions;

  constructor(options: DetachedStoreOptions) {
    this.#options = options;
  }

  follow(signal: AbortSignal): Promise<void> {
    return follow({
      open: (inner) => this.#options.client.window.detached({ window: this.#options.slot }, { signal: inner }),
      onEvent: ({ panels }) => this.#receive(panels),
      signal,
    });
  }

  /** The panels of a session that come back; given once. */
  takeReturning(session: SessionId): readonly string[] {
    const { returning } = this.store.getState();
    const taken = returning.filter((one) => one.session === session);
    if (taken.length > 0) this.store.setState({ returning: returning.filter((one) => one.session !== session) });
    return taken.map(({ panel }) => panel);
  }

  /** Gives a panel a window of its own; it leaves this one once that is there. */
  async detach(session: SessionId, panel: string): Promise<void> {
    try {
      await this.#options.client.window.open({ window: this.#options.slot, session, panel });
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }

  #receive(panels: readonly DetachedPanel[]): void {
    const isAway = (one: DetachedPanel): boolean =>
      panels.some(({ session, panel }) => session === one.session && panel === one.panel);
    this.store.setState(({ panels: former, returning }) => ({
      panels,
      returning: [...returning, ...former].filter((one) => !isAway(one)),
    }));
  }
}
