import type { KernelClient } from '../../app/kernel-client.ts';
import type { NoticesStore } from '../../app/notices-store.ts';
import { InstallStore } from './installing/install-store.ts';
import { messages } from './messages.ts';
import { PluginsStore } from './plugins-store.ts';
import { PublishersStore } from './publishers/publishers-store.ts';

/** What the plugins' view knows; kept while others are shown. */
export interface PluginStores {
  readonly plugins: PluginsStore;
  readonly installs: InstallStore;
  readonly publishers: PublishersStore;
}

export interface PluginStoresOptions {
  readonly client: KernelClient;
  readonly notices: NoticesStore;
}

export function createPluginStores({ client, notices }: PluginStoresOptions): PluginStores {
  const onFailure = notices.fail;
  const plugins = new PluginsStore({ client, onFailure });
  return {
    plugins,
    installs: new InstallStore({
      client,
      onFailure,
      async onInstalled({ id, version, displayName }) {
        notices.tell(messages.installedNotice(displayName, version));
        await plugins.load();
        plugins.select(id);
      },
    }),
    publishers: new PublishersStore({ client, onFailure, onChanged: () => void plugins.load() }),
  };
}
