import { createStore } from 'zustand/vanilla';
import type { PluginOffer } from '../../../../schema/contract/plugin.ts';
import type { Failure } from '../../../../schema/entities.ts';
import { failureOf } from '../../../app/failure.ts';
import type { KernelClient } from '../../../app/kernel-client.ts';

interface OffersState {
  /** As it is typed. */
  readonly folder: string;
  /** That of the settings. */
  readonly remembered: string;
  /** Of the folder; undefined until it was read. */
  readonly offers: readonly PluginOffer[] | undefined;
  readonly failure: Failure | undefined;
}

export interface OffersStoreOptions {
  readonly client: Pick<KernelClient, 'plugin'>;
  /** A folder that could be read is the team's from now on. */
  readonly remember: (folder: string) => Promise<void>;
}

/** What a team's folder offers. It is read when somebody looks, and not by itself. */
export class OffersStore {
  readonly store = createStore<OffersState>(() => ({
    folder: '',
    remembered: '',
    offers: undefined,
    failure: undefined,
  }));
  readonly #options: OffersStoreOptions;

  constructor(options: OffersStoreOptions) {
    this.#options = options;
  }

  /** Looks into the folder of the settings, unless another one was typed since. */
  async open(teamPlugins: string): Promise<void> {
    const { folder, remembered } = this.store.getState();
    if (folder === remembered && folder !== teamPlugins) this.setFolder(teamPlugins);
    this.store.setState({ remembered: teamPlugins });
    await this.load();
  }

  setFolder(folder: string): void {
    this.store.setState({ folder, offers: undefined, failure: undefined });
  }

  /** Reads the folder; without one it does nothing. */
  async load(): Promise<void> {
    const folder = this.store.getState().folder.trim();
    if (folder === '') return;
    try {
      const { offers } = await this.#options.client.plugin.offers({ folder });
      if (!this.#isAt(folder)) return;
      this.store.setState({ offers, failure: undefined });
      if (folder === this.store.getState().remembered) return;
      this.store.setState({ remembered: folder });
      await this.#options.remember(folder);
    } catch (thrown) {
      if (this.#isAt(folder)) this.store.setState({ offers: undefined, failure: failureOf(thrown) });
    }
  }

  #isAt(folder: string): boolean {
    return this.store.getState().folder.trim() === folder;
  }
}

/** Those that would bring something installed up to date. */
export function updatesOf(offers: readonly PluginOffer[] | undefined): readonly PluginOffer[] {
  return (offers ?? []).filter(({ state }) => state === 'update');
}
