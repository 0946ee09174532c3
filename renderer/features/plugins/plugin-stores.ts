import type { KernelClient } from '../../app/kernel-client.ts';
import type { NoticesStore } from '../../app/notices-store.ts';
import type { SettingsStore } from '../../app/settings-store.ts';
import { InstallStore } from './installing/install-store.ts';
import { OffersStore } from './installing/offers-store.ts';
import { messages } from './messages.ts';
import { PluginsStore } from './plugins-store.ts';
import { PublishersStore } from './publishers/publishers-store.ts';

/** What the plugins' view knows; kept while others are shown. */
export interface PluginStores {
  readonly plugins: PluginsStore;
  readonly installs: InstallStore;
  readonly offers: OffersStore;
  readonly publishers: PublishersStore;
}

export interface PluginStoresOptions {
  readonly client: KernelClient;
  readonly settings: SettingsStore;
  readonly notices: NoticesStore;
}

export function createPluginStores({ client, settings, notices }: PluginStoresOptions): PluginStores {
  const onFailure = notices.fail;
  const plugins = new PluginsStore({ client, onFailure });
  const offers = new OffersStore({ client, remember: (teamPlugins) => settings.change({ teamPlugins }) });
  return {
    plugins,
    installs: new InstallStore({
      client,
      onFailure,
      async onInstalled({ id, version, displayName }) {
        notices.tell(messages.installedNotice(displayName, version));
        await Promise.all([plugins.load(), offers.load()]);
        plugins.select(id);
      },
      async onRound(updated) {
        if (updated > 0) notices.tell(messages.updatedNotice(updated));
        await Promise.all([plugins.load(), offers.load()]);
      },
    }),
    offers,
    publishers: new PublishersStore({ client, onFailure, onChanged: () => void plugins.load() }),
  };
}
