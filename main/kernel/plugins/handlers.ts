import type { Handlers } from '../../../schema/contract/contract.ts';
import type { plugin } from '../../../schema/contract/plugin.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { Installer } from './installing/installer.ts';
import type { PluginRecords } from './installing/installed-record.ts';
import type { Publishers } from './installing/publishers.ts';
import { teamOffers } from './installing/team-folder.ts';
import type { PluginRegistry } from './plugin-registry.ts';
import type { PluginStore } from './ports.ts';

export interface PluginParts {
  readonly registry: PluginRegistry;
  readonly installer: Installer;
  readonly publishers: Publishers;
  readonly records: PluginRecords;
  readonly store: PluginStore;
}

export function pluginHandlers(parts: PluginParts): Handlers<typeof plugin, CallContext> {
  const { registry, installer, publishers, records, store } = parts;
  return {
    list: async () => ({ plugins: await registry.list() }),
    check: ({ dir }) => registry.check(dir),
    inspect: (source) => installer.inspect(source),
    async install(order, { note }) {
      const installed = await installer.install(order);
      const { id, version, digest, signer } = installed;
      note({ data: { plugin: id, version, digest, signer: signer ?? 'none' } });
      return { plugin: installed };
    },
    async remove({ id }, { note }) {
      const removed = await installer.remove(id);
      note({ data: { plugin: id, version: removed } });
      return { removed };
    },
    async enable({ id }, { note }) {
      note({ data: { plugin: id } });
      return { plugin: await installer.setDisabled(id, undefined) };
    },
    async disable({ id }, { note }) {
      note({ data: { plugin: id } });
      return { plugin: await installer.setDisabled(id, 'disabled by the operator') };
    },
    publishers: () => ({ publishers: publishers.list() }),
    async trust({ name, publicKey }) {
      return { publisher: await publishers.trust(name, publicKey) };
    },
    async distrust({ name }) {
      return { refused: await publishers.distrust(name) };
    },
    offers: async ({ folder }) => ({ offers: await teamOffers(store, folder, (id) => records.installed.get(id)) }),
  };
}
