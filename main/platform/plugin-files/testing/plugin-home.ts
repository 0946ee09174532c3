import { directSchemaWork } from '../../../kernel/tools/direct-schema-work.fixture.ts';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '../../../../schema/audit-record.ts';
import type { Publisher } from '../../../../schema/contract/plugin.ts';
import type { PolicyPublisher } from '../../../../schema/policy.ts';
import { VirtualClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import type { InstalledPlugin, Kept } from '../../../kernel/plugins/installing/installed-record.ts';
import { Developments } from '../../../kernel/plugins/development/developments.ts';
import { Installer } from '../../../kernel/plugins/installing/installer.ts';
import { Publishers } from '../../../kernel/plugins/installing/publishers.ts';
import type { Trust } from '../../../kernel/plugins/packages/verification.ts';
import { PluginLogs } from '../../../kernel/plugins/plugin-logs.ts';
import { PluginSettings } from '../../../kernel/plugins/plugin-settings.ts';
import { PluginRegistry } from '../../../kernel/plugins/plugin-registry.ts';
import { pluginFolders } from '../plugin-folders.ts';
import { pluginStore } from '../plugin-store.ts';

function keptInMemory<T>(): Kept<T> {
  const values = new Map<string, T>();
  return {
    all: () => [...values.values()],
    get: (id) => values.get(id),
    async putSynced(id, value) {
      values.set(id, value);
    },
    delete: (id) => void values.delete(id),
    flush: async () => undefined,
  };
}

/** A home with the real store on a real disk, and no kernel around it. */
export class PluginHome implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'cavern-plugins-'));
  readonly records = { installed: keptInMemory<InstalledPlugin>(), publishers: keptInMemory<Publisher>() };
  readonly audit: AuditEntry[] = [];
  readonly withdrawn: string[] = [];
  readonly clock = new VirtualClock(1_000_000);
  readonly store = pluginStore({ store: join(this.root, 'plugins'), staging: join(this.root, 'staging') });
  readonly registry: PluginRegistry;
  readonly installer: Installer;
  readonly developments: Developments;
  /** Plugins whose development ended. */
  readonly developed: string[] = [];
  readonly publishers: Publishers;
  readonly logs: PluginLogs;
  readonly settings: PluginSettings;
  unsigned: Trust['unsigned'] = 'refused';
  unsignedDevelopment: Trust['unsigned'] = 'allowed';
  policyPublishers: readonly PolicyPublisher[] = [];
  sigstore: Trust['sigstore'] = () => Promise.reject(new Error('there is no trust root'));

  /** With the plugins that come along in `builtinFolder`. */
  constructor(builtinFolder?: string) {
    for (const folder of ['plugins', 'staging', 'sources', 'none']) mkdirSync(join(this.root, folder));
    const registry = (): PluginRegistry => this.registry;
    this.publishers = new Publishers({
      kept: this.records.publishers,
      byPolicy: () => this.policyPublishers,
      registry,
      clock: this.clock,
    });
    this.installer = new Installer({
      store: this.store,
      records: this.records,
      registry,
      trust: () => ({ publishers: this.publishers.byName(), unsigned: this.unsigned, sigstore: this.sigstore }),
      insideFolder: '/installed',
      audit: { record: (entry) => void this.audit.push(entry) },
      isUsed: (digest) => this.developments.uses(digest),
      clock: this.clock,
    });
    this.developments = new Developments({
      store: this.store,
      registry,
      unsigned: () => this.unsignedDevelopment,
      isInstalled: (digest) => this.records.installed.all().some((record) => record.digest === digest),
      onEnd: async (plugin) => void this.developed.push(plugin),
      insideFolder: '/installed',
      audit: { record: (entry) => void this.audit.push(entry) },
    });
    this.settings = new PluginSettings({
      kept: keptInMemory(),
      schemaOf: (id) => this.registry.settingsSchema(id),
      work: directSchemaWork,
    });
    this.logs = new PluginLogs({
      onConnection: () => () => undefined,
      isKnown: (id) => this.registry.has(id),
      redact: (text) => text,
      clock: this.clock,
    });
    this.registry = new PluginRegistry({
      folders: pluginFolders(),
      builtinFolder: builtinFolder ?? join(this.root, 'none'),
      insideFolder: '/plugins',
      installed: async () => [
        ...this.developments.found(),
        ...(await this.installer.found()).filter(({ name }) => !this.developments.has(name)),
      ],
      onCrash: (plugin) => this.installer.crashed(plugin),
      onWithdrawn: ({ plugin, entry }) => void this.withdrawn.push(`${plugin} ${entry}`),
      logger: silentLogger,
    });
  }

  /** Puts a package where it can be installed from. */
  source(name: string, content: Buffer): string {
    const path = join(this.root, 'sources', name);
    writeFileSync(path, content);
    return path;
  }

  /** What lies in the store and in staging. */
  left(): string[] {
    return ['plugins', 'staging'].flatMap((folder) => readdirSync(join(this.root, folder)));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
