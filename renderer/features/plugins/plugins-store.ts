import { createStore } from 'zustand/vanilla';
import type { PluginSummary } from '../../../schema/contract/plugin.ts';
import type { Failure, Tool } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

export type PluginView = 'plugins' | 'offers' | 'publishers';

interface PluginsState {
  /** undefined until they were read once. */
  readonly plugins: readonly PluginSummary[] | undefined;
  readonly tools: readonly Tool[];
  readonly failure: Failure | undefined;
  readonly selected: string | undefined;
  readonly view: PluginView;
  /** The plugin that something is done to. */
  readonly busy: string | undefined;
}

export interface PluginsStoreOptions {
  readonly client: Pick<KernelClient, 'plugin' | 'tool'>;
  readonly onFailure: (thrown: unknown) => void;
}

/** The plugins that there are, which of them is shown, and what is done to them. */
export class PluginsStore {
  readonly store = createStore<PluginsState>(() => ({
    plugins: undefined,
    tools: [],
    failure: undefined,
    selected: undefined,
    view: 'plugins',
    busy: undefined,
  }));
  readonly #options: PluginsStoreOptions;

  constructor(options: PluginsStoreOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const { client } = this.#options;
    try {
      const [{ plugins }, { tools }] = await Promise.all([client.plugin.list({}), client.tool.list({})]);
      this.store.setState({ plugins, tools, failure: undefined });
    } catch (thrown) {
      this.store.setState({ failure: failureOf(thrown) });
    }
  }

  show(view: PluginView): void {
    this.store.setState({ view });
  }

  select(selected: string): void {
    this.store.setState({ selected, view: 'plugins' });
  }

  enable(id: string): Promise<void> {
    return this.#act(id, () => this.#options.client.plugin.enable({ id }, { review: 'approve' }));
  }

  disable(id: string): Promise<void> {
    return this.#act(id, () => this.#options.client.plugin.disable({ id }, { review: 'approve' }));
  }

  async remove(id: string): Promise<void> {
    await this.#act(id, () => this.#options.client.plugin.remove({ id }, { review: 'approve' }));
  }

  async #act(busy: string, act: () => Promise<unknown>): Promise<void> {
    this.store.setState({ busy });
    try {
      await act();
    } catch (thrown) {
      this.#options.onFailure(thrown);
    } finally {
      this.store.setState({ busy: undefined });
      await this.load();
    }
  }
}

/** By what an installed plugin is named in calls, also where it is refused. */
export function idOf({ id, displayName, state }: PluginSummary): string {
  return state === 'refused' ? displayName : id;
}
