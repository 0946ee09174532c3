import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Publisher } from '../../schema/contract/plugin.ts';
import { systemClock } from '../base/clock.ts';
import type { Disposers } from '../base/disposers.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import { holderOf } from '../kernel/plugins/holder.ts';
import { InstalledPlugin } from '../kernel/plugins/installing/installed-record.ts';
import { Developments } from '../kernel/plugins/development/developments.ts';
import { Installer } from '../kernel/plugins/installing/installer.ts';
import { Publishers } from '../kernel/plugins/installing/publishers.ts';
import { PluginLogs } from '../kernel/plugins/plugin-logs.ts';
import { KeptPluginSettings, PluginSettings } from '../kernel/plugins/plugin-settings.ts';
import { PluginRegistry } from '../kernel/plugins/plugin-registry.ts';
import { endWithdrawn } from '../kernel/plugins/withdrawn-plugin.ts';
import { INSIDE } from '../kernel/sandboxes/container-spec.ts';
import type { PluginHandings } from '../kernel/secrets/plugin-handings.ts';
import type { SchemaWork } from '../kernel/tools/schema-check.ts';
import type { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import type { SettingsStore } from '../kernel/settings/settings.ts';
import { pluginFolders } from '../platform/plugin-files/plugin-folders.ts';
import { pluginStore } from '../platform/plugin-files/plugin-store.ts';
import { sigstoreVerifier } from '../platform/plugin-files/sigstore-verifier.ts';
import type { Storage } from '../platform/sqlite/storage.ts';
import type { WasmPlugins } from '../platform/wasm-plugins/wasm-plugins.ts';
import type { ComposeOptions } from './compose-options.ts';

export interface PluginsParts {
  readonly storage: Storage;
  readonly log: AuditLog;
  readonly settings: SettingsStore;
  readonly sandboxes: Pick<Sandboxes, 'onConnection' | 'connection' | 'list' | 'plugins'>;
  readonly policy: PolicyInForce;
  readonly redact: (text: string) => string;
  readonly wasm: Pick<WasmPlugins, 'end'>;
  readonly schemas: SchemaWork;
  /** The secrets that were handed to plugins. */
  readonly handed: Pick<PluginHandings, 'takeBack' | 'lostBy'>;
  readonly disposers: Disposers;
}

/** The plugins that came along and those that the operator installed, and what installs them. */
export async function composePlugins({ home, files, logger, purpose }: ComposeOptions, parts: PluginsParts) {
  const { storage, log, settings, disposers, sandboxes, redact, policy, wasm, schemas, handed } = parts;
  const byPolicy = () => policy.engine.document?.document.plugins;
  const endInSandboxes = endWithdrawn(sandboxes, logger);
  const records = {
    installed: await storage.collection('plugin', InstalledPlugin),
    publishers: await storage.collection('publisher', Publisher),
  };
  const keptSettings = await storage.collection('plugin_settings', KeptPluginSettings);
  disposers.defer(() =>
    Promise.all([records.installed.flush(), records.publishers.flush(), keptSettings.flush()]).then(() => undefined),
  );
  const registry = (): PluginRegistry => plugins;
  const publishers = new Publishers({
    kept: records.publishers,
    byPolicy: () => byPolicy()?.publishers ?? [],
    registry,
    clock: systemClock,
  });
  const store = pluginStore({ store: home.plugins, staging: home.pluginStaging });
  const ownRoot = join(home.sigstore, 'trusted_root.json');
  const sigstore = sigstoreVerifier(() =>
    existsSync(ownRoot) ? ownRoot : join(files.profiles, 'sigstore', 'trusted-root.json'),
  );
  const installer = new Installer({
    store,
    records,
    registry,
    trust: () => ({
      publishers: publishers.byName(),
      unsigned: settings.current.allowUnsignedPlugins && byPolicy()?.unsigned !== 'refuse' ? 'allowed' : 'refused',
      sigstore,
    }),
    insideFolder: INSIDE.installed,
    audit: log,
    secretsLost(id, candidate) {
      if (candidate === undefined) return handed.lostBy(id, undefined);
      const { digest, signer } = candidate;
      const publisher = signer === undefined ? undefined : publishers.byName().get(signer);
      return handed.lostBy(id, holderOf({ state: 'registered', origin: 'installed', digest, signer }, publisher));
    },
    isUsed: (digest) => developments.uses(digest),
    clock: systemClock,
  });
  const developments: Developments = new Developments({
    store,
    registry,
    unsigned: () => (byPolicy()?.unsigned === 'refuse' ? 'refused' : 'allowed'),
    isInstalled: (digest) => records.installed.all().some((record) => record.digest === digest),
    async onEnd(plugin) {
      if (records.installed.get(plugin) !== undefined) return;
      logs.forget(plugin);
      await pluginSettings.forget(plugin);
    },
    insideFolder: INSIDE.installed,
    audit: log,
  });
  const plugins = new PluginRegistry({
    folders: pluginFolders(),
    builtinFolder: files.plugins,
    insideFolder: INSIDE.plugins,
    async installed() {
      const underWork = developments.found();
      const others = (await installer.found()).filter(({ name }) => !developments.has(name));
      return [...underWork, ...others];
    },
    // Whoever develops a plugin sees that it crashed, and the next save may mend it.
    onCrash: (plugin) => developments.has(plugin) || installer.crashed(plugin),
    onWithdrawn(withdrawn) {
      endInSandboxes(withdrawn);
      wasm.end(withdrawn.entry).catch((cause: unknown) => logger.warn('a plugin could not be ended', { cause }));
    },
    onOffered(entries) {
      sandboxes.plugins.keepOnly(entries);
      if (purpose !== 'read') handed.takeBack();
    },
    settings: (plugin) => pluginSettings.forCall(plugin),
    logger,
  });
  const pluginSettings = new PluginSettings({
    kept: keptSettings,
    schemaOf: (id) => plugins.settingsSchema(id),
    work: schemas,
  });
  const logs = disposers.add(
    new PluginLogs({
      onConnection: (listener) => {
        const stops = [sandboxes.onConnection(listener), sandboxes.plugins.onConnection(listener)];
        return () => stops.forEach((stop) => stop());
      },
      isKnown: (id) => plugins.has(id),
      isApart: (id) => plugins.isApart(id),
      redact,
      clock: systemClock,
    }),
  );
  disposers.add(developments);
  if (purpose !== 'read') await installer.recover();
  const ending = new AbortController();
  const following = verifyWithPolicy(plugins, { policy, of: byPolicy, signal: ending.signal }).catch(
    (thrown: unknown) => logger.error('the policy is not followed for plugins any more', { thrown }),
  );
  disposers.defer(async () => {
    ending.abort();
    await following;
  });
  return { plugins, installer, developments, publishers, records, store, logs, settings: pluginSettings };
}

interface FollowedPolicy {
  readonly policy: PolicyInForce;
  /** What it says of plugins. */
  readonly of: () => unknown;
  readonly signal: AbortSignal;
}

/** Verifies what is installed again whenever the policy says something else of plugins. */
async function verifyWithPolicy(plugins: PluginRegistry, { policy, of, signal }: FollowedPolicy): Promise<void> {
  let before = of();
  for await (const _ of policy.watch(signal)) {
    const now = of();
    if (!isDeepStrictEqual(before, now)) await plugins.refresh();
    before = now;
  }
}
