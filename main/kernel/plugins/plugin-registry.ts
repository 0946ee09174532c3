import { createHash } from 'node:crypto';
import type { PluginSummary } from '../../../schema/contract/plugin.ts';
import type { Tool } from '../../../schema/entities.ts';
import type { PluginManifest } from '../../../schema/plugin-manifest.ts';
import type { Logger } from '../../base/logger.ts';
import type { RegisteredTool, ToolSource } from '../tools/ports.ts';
import { type CheckedPackage, checkPackage } from './manifest-check.ts';
import type { PackageFile, PackageProblem, PluginFolders } from './ports.ts';

export interface PluginRegistryOptions {
  readonly folders: PluginFolders;
  /** Where the plugins lie that come with the program. */
  readonly builtinFolder: string;
  /** The same folder as a sandbox sees it. */
  readonly insideFolder: string;
  readonly logger: Logger;
}

/** What the program itself brings along; a manifest can claim neither it nor to be the operator. */
const CORE_TAG = 'core_plugin';
const RESERVED_TAGS = new Set([CORE_TAG, 'third_party', 'operator']);

/** Over the manifest and every file: two folders with the same digest are the same plugin. */
function digestOf(manifest: string, files: readonly PackageFile[]): string {
  const hash = createHash('sha256').update(createHash('sha256').update(manifest).digest());
  for (const { path, sha256 } of files) hash.update(`${sha256}  ${path}\n`);
  return hash.digest('hex');
}

/** The plugins that are there, what became of each and why, and their tools. */
export class PluginRegistry implements ToolSource {
  readonly #options: PluginRegistryOptions;
  readonly #plugins = new Map<string, PluginSummary>();
  readonly #tools = new Map<string, RegisteredTool>();
  #loading: Promise<void> | undefined;

  constructor(options: PluginRegistryOptions) {
    this.#options = options;
  }

  /** Discovers, verifies and registers what comes with the program; again does nothing. A bad plugin is refused and fails nobody else. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async list(): Promise<PluginSummary[]> {
    await this.load();
    return [...this.#plugins.values()];
  }

  async tools(): Promise<readonly RegisteredTool[]> {
    await this.load();
    return [...this.#tools.values()];
  }

  async tool(name: string): Promise<RegisteredTool | undefined> {
    await this.load();
    return this.#tools.get(name);
  }

  onAnswer(plugin: string): void {
    const known = this.#plugins.get(plugin);
    if (known?.state === 'registered') this.#plugins.set(plugin, { ...known, state: 'active' });
  }

  /** Checks a folder; nothing is registered. */
  async check(dir: string): Promise<{ ok: boolean; id: string | null; errors: PackageProblem[] }> {
    const { id, problems } = await this.#examine(dir, 'checked');
    return { ok: problems.length === 0, id, errors: [...problems] };
  }

  async #load(): Promise<void> {
    const { folders, builtinFolder } = this.#options;
    for (const name of await folders.list(builtinFolder)) await this.#register(name);
    if (this.#plugins.size === 0) this.#options.logger.warn('no plugin came with the program', { builtinFolder });
  }

  async #register(folder: string): Promise<void> {
    const examined = await this.#examine(`${this.#options.builtinFolder}/${folder}`, 'trusted');
    const { manifest, problems, digest } = examined;
    const taken = manifest === undefined ? undefined : this.#taken(manifest);
    if (manifest === undefined || taken !== undefined) {
      this.#refuse(examined.id ?? folder, digest, taken === undefined ? problems : [taken]);
      return;
    }
    const own = [CORE_TAG, ...manifest.tags.filter((tag) => !RESERVED_TAGS.has(tag))];
    for (const tool of manifest.tools) {
      this.#tools.set(tool.name, {
        tool: { ...tool, plugin: manifest.id } satisfies Tool,
        entry: `${this.#options.insideFolder}/${folder}/${manifest.entry}`,
        tags: own,
        capabilities: manifest.capabilities,
      });
    }
    const { id, version, displayName, description, publisher } = manifest;
    this.#plugins.set(id, {
      id,
      version,
      displayName,
      description,
      publisher,
      digest,
      state: 'registered',
      tags: own,
      tools: manifest.tools.map(({ name }) => name),
    });
  }

  async #examine(dir: string, schemas: 'checked' | 'trusted'): Promise<CheckedPackage & { digest: string }> {
    try {
      const found = await this.#options.folders.read(dir);
      return { ...(await checkPackage(found, { schemas })), digest: digestOf(found.manifest ?? '', found.files) };
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      const problem = { code: 'unreadable', message: `the folder cannot be read: ${why}`, path: '' };
      return { id: null, manifest: undefined, problems: [problem], digest: '' };
    }
  }

  #taken({ id, tools }: PluginManifest): PackageProblem | undefined {
    if (this.#plugins.has(id)) return { code: 'name_taken', message: `there is a plugin "${id}" already`, path: '/id' };
    const tool = tools.find(({ name }) => this.#tools.has(name));
    return tool && { code: 'name_taken', message: `there is a tool "${tool.name}" already`, path: '/tools' };
  }

  #refuse(name: string, digest: string, problems: readonly PackageProblem[]): void {
    const reason = problems.map(({ code, message }) => `${code}: ${message}`).join('; ');
    this.#options.logger.error('plugin refused', { plugin: name, reason });
    // A refused plugin does not take the place of the one that has its name.
    const id = this.#plugins.has(name) ? `${name} (${digest.slice(0, 8)})` : name;
    this.#plugins.set(id, {
      id,
      version: '',
      displayName: name,
      description: '',
      publisher: '',
      digest,
      state: 'refused',
      reason,
      tags: [],
      tools: [],
    });
  }
}
