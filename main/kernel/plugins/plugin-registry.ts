import type { PluginSummary } from '../../../schema/contract/plugin.ts';
import type { Tool } from '../../../schema/entities.ts';
import { programOf } from '../../../schema/mcp/server-program.ts';
import type { ManifestTool, PluginManifest } from '../../../schema/plugin-manifest.ts';
import { Broadcast } from '../../base/broadcast.ts';
import type { Logger } from '../../base/logger.ts';
import { ADMIN_KEY_TAG, AGENT_TAG, SCOPED_KEY_TAG } from '../dispatch/context.ts';
import { CORE_TAG, type RegisteredTool, type ToolSource } from '../tools/ports.ts';
import { consentSentences } from './installing/consent.ts';
import { type CheckedPackage, checkPackage } from './manifest-check.ts';
import { packageDigest } from './packages/package-digest.ts';
import type { PackageProblem, PluginFolders } from './ports.ts';
import { sandboxGrants } from './sandbox-grants.ts';
import type { WithdrawnPlugin } from './withdrawn-plugin.ts';

/** A plugin that was found and looked at, good or bad. */
export interface FoundPlugin extends CheckedPackage {
  /** What it is called while it has no id that can be used. */
  readonly name: string;
  readonly digest: string;
  readonly origin: 'core' | 'installed';
  /** Its folder as a sandbox sees it. */
  readonly insideFolder: string;
  /** Its folder on this machine; absent where it cannot be read. */
  readonly folder?: string;
  readonly signer?: string | undefined;
  /** The folder in which its author is at work on it. */
  readonly development?: string | undefined;
  /** Why it is disabled. */
  readonly disabled?: string | undefined;
}

export interface PluginRegistryOptions {
  readonly folders: PluginFolders;
  /** Where the plugins lie that come with the program. */
  readonly builtinFolder: string;
  /** The same folder as a sandbox sees it. */
  readonly insideFolder: string;
  /** Those that the operator has installed, verified again. */
  readonly installed?: () => Promise<readonly FoundPlugin[]>;
  /** A plugin's process has ended where it should not. */
  readonly onCrash?: (plugin: string) => void;
  /** A plugin is not offered any more, or another version of it is: what runs of it has to end. `entry` is inside of a sandbox. */
  readonly onWithdrawn?: (withdrawn: WithdrawnPlugin) => void;
  /** The entries of all that is offered now. */
  readonly onOffered?: (entries: ReadonlySet<string>) => void;
  /** What the operator set for a plugin that has settings. */
  readonly settings?: (plugin: string) => Promise<Record<string, unknown> | undefined>;
  readonly logger: Logger;
}

/** What the program itself brings along; a manifest can claim neither it nor to be the operator, an agent or a key. */
const ORIGIN_TAGS = { core: CORE_TAG, installed: 'third_party' } as const;
const RESERVED_TAGS = new Set<string>([
  ...Object.values(ORIGIN_TAGS),
  'operator',
  AGENT_TAG,
  ADMIN_KEY_TAG,
  SCOPED_KEY_TAG,
]);

interface Registered {
  readonly plugins: Map<string, PluginSummary>;
  readonly tools: Map<string, RegisteredTool>;
  /** Of their settings, by plugin. */
  readonly settings: Map<string, Record<string, unknown>>;
  readonly reaches: Map<string, PluginReach>;
}

/** What a plugin could ask a network from, and for. */
export interface PluginReach {
  readonly runtime: PluginManifest['runtime'];
  /** The policy's groups of hosts that its manifest lists. */
  readonly hosts: readonly string[];
}

const nothing = (): Registered => ({ plugins: new Map(), tools: new Map(), settings: new Map(), reaches: new Map() });

/** The plugins that are there, what became of each and why, and their tools. */
export class PluginRegistry implements ToolSource {
  readonly #options: PluginRegistryOptions;
  #registered = nothing();
  #builtin: readonly FoundPlugin[] = [];
  #loading: Promise<void> | undefined;
  readonly #changed = new Broadcast<void>();

  constructor(options: PluginRegistryOptions) {
    this.#options = options;
  }

  /** Discovers, verifies and registers what came with the program and what was installed; again does nothing. A bad plugin is refused and fails nobody else. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Looks again at what is installed; until it resolves, what was there before is offered. */
  async refresh(): Promise<void> {
    await this.load();
    await this.#register();
  }

  async list(): Promise<PluginSummary[]> {
    await this.load();
    return [...this.#registered.plugins.values()];
  }

  /** Whether a plugin of that id is there, good or bad. */
  has(id: string): boolean {
    return this.#registered.plugins.has(id);
  }

  /** One plugin as it is registered now, also while it is disabled or refused. */
  find(id: string): { readonly summary: PluginSummary; readonly reach: PluginReach | undefined } | undefined {
    const summary = this.#registered.plugins.get(id);
    return summary && { summary, reach: this.#registered.reaches.get(id) };
  }

  /** Whether it works in sandboxes of its own. */
  isApart(id: string): boolean {
    const plugin = this.#registered.plugins.get(id);
    return plugin !== undefined && plugin.origin !== 'core';
  }

  async tools(): Promise<readonly RegisteredTool[]> {
    await this.load();
    return [...this.#registered.tools.values()];
  }

  changes(signal: AbortSignal): AsyncIterable<void> {
    return this.#changed.listen(signal);
  }

  async tool(name: string): Promise<RegisteredTool | undefined> {
    await this.load();
    return this.#registered.tools.get(name);
  }

  onAnswer(plugin: string): void {
    const { plugins } = this.#registered;
    const known = plugins.get(plugin);
    if (known?.state === 'registered') plugins.set(plugin, { ...known, state: 'active' });
  }

  async settingsOf(plugin: string): Promise<Record<string, unknown> | undefined> {
    return this.#registered.settings.has(plugin) ? this.#options.settings?.(plugin) : undefined;
  }

  /** The schema of a plugin's settings; undefined where it has none. */
  settingsSchema(plugin: string): Record<string, unknown> | undefined {
    return this.#registered.settings.get(plugin);
  }

  onCrash(plugin: string): void {
    this.#options.onCrash?.(plugin);
  }

  /** Checks a folder; nothing is registered. */
  async check(dir: string): Promise<{ ok: boolean; id: string | null; errors: PackageProblem[] }> {
    const { id, problems } = await this.#examine(dir, 'checked');
    return { ok: problems.length === 0, id, errors: [...problems] };
  }

  async #load(): Promise<void> {
    const { folders, builtinFolder, insideFolder, logger } = this.#options;
    const found: FoundPlugin[] = [];
    for (const name of await folders.list(builtinFolder)) {
      const examined = await this.#examine(`${builtinFolder}/${name}`, 'trusted');
      found.push({
        ...examined,
        name,
        origin: 'core',
        insideFolder: `${insideFolder}/${name}`,
        folder: `${builtinFolder}/${name}`,
      });
    }
    if (found.length === 0) logger.warn('no plugin came with the program', { builtinFolder });
    this.#builtin = found;
    await this.#register();
  }

  async #register(): Promise<void> {
    const installed = (await this.#options.installed?.()) ?? [];
    const next = nothing();
    for (const found of [...this.#builtin, ...installed]) this.#place(next, found);
    for (const [id, plugin] of next.plugins) {
      const before = this.#registered.plugins.get(id);
      if (plugin.state === 'registered' && before?.state === 'active' && before.digest === plugin.digest) {
        next.plugins.set(id, { ...plugin, state: 'active' });
      }
    }
    const before = entriesOf(this.#registered);
    this.#registered = next;
    this.#changed.publish();
    const offered = entriesOf(next);
    this.#options.onOffered?.(new Set(offered.keys()));
    for (const [entry, plugin] of before) if (!offered.has(entry)) this.#options.onWithdrawn?.({ plugin, entry });
  }

  #place(into: Registered, found: FoundPlugin): void {
    const { manifest, problems, digest, origin, disabled, signer, development } = found;
    const taken = manifest === undefined ? undefined : takenProblem(into, manifest);
    if (manifest === undefined || taken !== undefined) {
      this.#refuse(into, found, taken === undefined ? problems : [taken]);
      return;
    }
    const { id, version, displayName, description, publisher, capabilities } = manifest;
    const tags = [ORIGIN_TAGS[origin], ...manifest.tags.filter((tag) => !RESERVED_TAGS.has(tag))];
    if (disabled === undefined) {
      for (const tool of manifest.tools) {
        into.tools.set(tool.name, registeredTool(found, manifest, { tool, tags }));
      }
    }
    into.reaches.set(id, { runtime: manifest.runtime, hosts: sandboxGrants(capabilities).hosts });
    if (manifest.settings !== undefined) into.settings.set(id, manifest.settings);
    into.plugins.set(id, {
      id,
      version,
      displayName,
      description,
      publisher,
      digest,
      state: disabled === undefined ? 'registered' : 'disabled',
      ...(disabled === undefined ? {} : { reason: disabled }),
      tags,
      tools: manifest.tools.map(({ name }) => name),
      origin,
      ...(signer === undefined ? {} : { signer }),
      ...(development === undefined ? {} : { development }),
      mayDo: consentSentences(capabilities),
      ...(manifest.settings === undefined ? {} : { configurable: true }),
    });
  }

  async #examine(dir: string, schemas: 'checked' | 'trusted'): Promise<CheckedPackage & { digest: string }> {
    try {
      const found = await this.#options.folders.read(dir);
      return { ...(await checkPackage(found, { schemas })), digest: packageDigest(found) };
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      const problem = { code: 'unreadable', message: `the folder cannot be read: ${why}`, path: '' };
      return { id: null, manifest: undefined, problems: [problem], digest: '' };
    }
  }

  #refuse(
    into: Registered,
    { id: claimed, name, digest, origin }: FoundPlugin,
    problems: readonly PackageProblem[],
  ): void {
    const displayName = claimed ?? name;
    const reason = problems.map(({ code, message }) => `${code}: ${message}`).join('; ');
    this.#options.logger.error('plugin refused', { plugin: displayName, reason });
    // A refused plugin does not take the place of the one that has its name.
    const id = into.plugins.has(displayName) ? `${displayName} (${digest.slice(0, 8)})` : displayName;
    into.plugins.set(id, {
      id,
      version: '',
      displayName,
      description: '',
      publisher: '',
      digest,
      state: 'refused',
      reason,
      tags: [],
      tools: [],
      origin,
    });
  }
}

function registeredTool(
  { insideFolder, folder = '', origin }: FoundPlugin,
  manifest: PluginManifest,
  { tool: { mcpName, ...tool }, tags }: { readonly tool: ManifestTool; readonly tags: readonly string[] },
): RegisteredTool {
  const { id, entry, runtime, args = [], env = {}, memoryMiB, capabilities, profile } = manifest;
  const offered = { tool: { ...tool, plugin: id } satisfies Tool, runtime, tags, capabilities };
  const own = origin === 'core' ? {} : { own: { profile, ...sandboxGrants(capabilities) } };
  const inside = { ...offered, ...own, entry: `${insideFolder}/${entry}` };
  if (runtime === 'mcp')
    return {
      ...inside,
      start: { program: programOf(manifest), args, env },
      calledAs: mcpName ?? tool.name.slice(id.length + 1),
    };
  if (runtime === 'node') return inside;
  const memory = memoryMiB === undefined ? {} : { memoryBytes: memoryMiB * 1024 * 1024 };
  return { ...offered, entry: `${folder}/${entry}`, ...memory };
}

/** The plugin of each entry that is offered. */
function entriesOf({ tools }: Registered): Map<string, string> {
  return new Map([...tools.values()].map(({ entry, tool }) => [entry, tool.plugin]));
}

function takenProblem({ plugins, tools }: Registered, manifest: PluginManifest): PackageProblem | undefined {
  const { id } = manifest;
  if (plugins.has(id)) return { code: 'name_taken', message: `there is a plugin "${id}" already`, path: '/id' };
  const tool = manifest.tools.find(({ name }) => tools.has(name));
  return tool && { code: 'name_taken', message: `there is a tool "${tool.name}" already`, path: '/tools' };
}
