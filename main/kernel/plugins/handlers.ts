import type { Handlers } from '../../../schema/contract/contract.ts';
import type { plugin, PluginInspection } from '../../../schema/contract/plugin.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { DoUpkeep, UpkeepOf } from '../scheduler/turn.ts';
import type { Developments } from './development/developments.ts';
import type { Installer } from './installing/installer.ts';
import type { PluginRecords } from './installing/installed-record.ts';
import type { Publishers } from './installing/publishers.ts';
import { teamOffers } from './installing/team-folder.ts';
import type { PluginLogs } from './plugin-logs.ts';
import type { PluginSettings } from './plugin-settings.ts';
import type { PluginRegistry } from './plugin-registry.ts';
import type { PluginStore } from './ports.ts';

export interface PluginParts {
  readonly registry: PluginRegistry;
  readonly installer: Installer;
  readonly developments: Developments;
  readonly publishers: Publishers;
  readonly records: PluginRecords;
  readonly store: PluginStore;
  readonly logs: PluginLogs;
  readonly settings: PluginSettings;
  /** Unpacking, verifying and bringing into force take time; they wait for their turn. */
  readonly doUpkeep: DoUpkeep;
}

export function pluginHandlers(parts: PluginParts): Handlers<typeof plugin, CallContext> {
  const { registry, installer, developments, publishers, records, store, logs, settings, doUpkeep } = parts;
  const inTurn = <T>(kind: UpkeepOf['kind'], signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
    doUpkeep({ kind, profile: 'plugin', for: 'person' }, signal, work);
  return {
    list: async () => ({ plugins: await registry.list() }),
    check: ({ dir }) => registry.check(dir),
    inspect: (source, { signal }) => inTurn('plugin.inspect', signal, () => installer.inspect(source)),
    async install(order, { note, signal }) {
      const { plugin, inspection } = await inTurn('plugin.activate', signal, () => installer.install(order));
      note({ data: installationNotes(inspection) });
      return { plugin };
    },
    develop: ({ folder }, { note, signal }) => {
      note({ data: { development: folder } });
      return developments.open(folder, signal);
    },
    async reload(order, { note, signal }) {
      const plugin = await inTurn('plugin.activate', signal, () => developments.reload(order));
      const { id, version, digest, development = '' } = plugin;
      note({ data: { plugin: id, version, digest, development } });
      return { plugin };
    },
    async remove({ id }, { note }) {
      const gone = await installer.remove(id);
      logs.forget(id);
      await settings.forget(id);
      note({ data: { plugin: id, version: gone.removed } });
      return gone;
    },
    async enable({ id }, { note, signal }) {
      note({ data: { plugin: id } });
      return { plugin: await inTurn('plugin.activate', signal, () => installer.setDisabled(id, undefined)) };
    },
    async disable({ id }, { note }) {
      note({ data: { plugin: id } });
      return { plugin: await installer.setDisabled(id, 'disabled by the operator') };
    },
    // A kernel that was started for this one call has not looked at the plugins yet.
    async settings({ id }) {
      await registry.load();
      return settings.get(id);
    },
    async configure({ id, values }) {
      await registry.load();
      return { values: await settings.set(id, values) };
    },
    log: ({ id, after }) => ({ lines: logs.lines(id, after) }),
    publishers: () => ({ publishers: publishers.list() }),
    async trust({ name, ...proof }) {
      return { publisher: await publishers.trust(name, proof) };
    },
    async distrust({ name }) {
      return { refused: await publishers.distrust(name) };
    },
    offers: async ({ folder }) => ({ offers: await teamOffers(store, folder, (id) => records.installed.get(id)) }),
  };
}

/** What a record says of an installation; of an update also what it took the place of, and what was agreed to for it. */
function installationNotes({ id, version, digest, signer, installed, added }: PluginInspection) {
  const base = { plugin: id, version, digest, signer: signer ?? 'none' };
  if (installed === null) return base;
  return { ...base, replaced: installed, ...(added.length === 0 ? {} : { agreed: added.join(' ').slice(0, 500) }) };
}
