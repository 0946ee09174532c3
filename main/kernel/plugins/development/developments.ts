import { programFile } from '../../../../schema/mcp/server-program.ts';
import type { PluginConsent, PluginSummary } from '../../../../schema/contract/plugin.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { AuditEntry } from '../../../../schema/audit-record.ts';
import { newId } from '../../../base/id.ts';
import { askedToReload } from '../installing/asked.ts';
import { checkConsent, inspectionOf, refusalOf, type Verified } from '../installing/inspection.ts';
import type { Agreed } from '../installing/widenings.ts';
import { packageDigest } from '../packages/package-digest.ts';
import { SBOM_LIMIT_BYTES } from '../packages/sbom.ts';
import { type Trust, verifyPackage } from '../packages/verification.ts';
import type { FoundPlugin, PluginRegistry } from '../plugin-registry.ts';
import type { PackageProblem, PluginStore, StagedPackage } from '../ports.ts';

export interface DevelopmentsOptions {
  readonly store: Pick<PluginStore, 'stage' | 'keep' | 'remove' | 'foreignTo'>;
  readonly registry: () => PluginRegistry;
  /** Whether the policy lets anything come in that nobody has signed. */
  readonly unsigned: () => Trust['unsigned'];
  /** Whether what is installed lies in the store under that digest. */
  readonly isInstalled: (digest: string) => boolean;
  /** A plugin is developed no longer. */
  readonly onEnd: (plugin: string) => Promise<void>;
  /** The store as a sandbox sees it. */
  readonly insideFolder: string;
  readonly audit: { record(entry: AuditEntry): void };
}

export interface ReloadOrder {
  readonly development: string;
  /** The absolute path of the package that was built. */
  readonly source: string;
  readonly consent?: PluginConsent | undefined;
}

const UNSIGNED: PackageProblem = {
  code: 'missing_signature',
  message: 'it is not signed, and the policy asks for it',
  path: '/signature',
};

interface Offered {
  readonly found: FoundPlugin;
  readonly agreed: Agreed;
}

interface Development {
  readonly folder: string;
  offered: Offered | undefined;
}

/**
 * Plugins that their author is at work on: each is offered as it was built last, unsigned, for as long as whoever develops it holds the
 * development open, and in the place of an installed one of its name. Nothing of it outlives that, or the kernel.
 */
export class Developments implements AsyncDisposable {
  readonly #options: DevelopmentsOptions;
  readonly #open = new Map<string, Development>();
  readonly #ending = new Set<Promise<void>>();

  constructor(options: DevelopmentsOptions) {
    this.#options = options;
  }

  /** Yields the development's id, and holds it open until the signal aborts. Throws `not_own_folder`. */
  async *open(folder: string, signal: AbortSignal): AsyncGenerator<{ development: string }, void, undefined> {
    const why = await this.#options.store.foreignTo(folder);
    if (why !== undefined) {
      throw new Fault('not_own_folder', `Cannot develop a plugin in "${folder}": ${why}`, {
        why: 'What is saved there is offered at once, so nobody else may save there.',
      });
    }
    const development = newId();
    this.#open.set(development, { folder, offered: undefined });
    try {
      yield { development };
      await aborted(signal);
    } finally {
      await this.#end(development);
    }
  }

  /**
   * Offers a package in the place of the one before. Throws `development_unknown`, `plugin_refused`, and `consent_needed` with the
   * inspection as data where it is the first or gets further than what was agreed to; then what was offered before stays.
   */
  async reload({ development, source, consent }: ReloadOrder): Promise<PluginSummary> {
    const { store, registry } = this.#options;
    const open = this.#opened(development);
    await using staged = await store.stage({ source });
    const verified = await this.#verify(staged, open);
    const { manifest } = verified.verified;
    const before = open.offered;
    const { digest, verified: candidate } = verified;
    checkConsent(inspectionOf(verified, askedToReload({ ...candidate, digest }, before?.agreed)), consent);
    await store.keep(staged, { digest, program: programFile(manifest) });
    const agreed = { ...candidate, capabilities: manifest.capabilities };
    open.offered = { found: this.#found(verified, open.folder), agreed };
    // It was closed while the package was copied.
    if (this.#open.get(development) !== open) {
      await this.#discard(digest);
      throw this.#unknown(development);
    }
    await registry().refresh();
    if (before !== undefined) await this.#discard(before.found.digest);
    const summary = (await registry().list()).find(({ id }) => id === manifest.id);
    if (summary === undefined) throw this.#unknown(development);
    return summary;
  }

  /** What is offered of them now; refused where the policy has come to say that nothing unsigned comes in. */
  found(): FoundPlugin[] {
    const mayCome = this.#options.unsigned() === 'allowed';
    return this.#offered().map(({ found }) =>
      mayCome ? found : { ...found, manifest: undefined, problems: [UNSIGNED] },
    );
  }

  /** Whether a plugin of that id is under development. */
  has(plugin: string): boolean {
    return this.#offered().some(({ found }) => found.name === plugin);
  }

  uses(digest: string): boolean {
    return this.#offered().some(({ found }) => found.digest === digest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = [...this.#open.keys()].map((development) => this.#end(development));
    await Promise.all([...open, ...this.#ending]);
  }

  #offered(): Offered[] {
    return [...this.#open.values()].flatMap(({ offered }) => offered ?? []);
  }

  async #verify(staged: StagedPackage, open: Development): Promise<Verified> {
    // Nobody's signature counts: a package that was signed belongs to those that are installed.
    const trust: Trust = {
      publishers: new Map(),
      unsigned: this.#options.unsigned(),
      sigstore: () => Promise.reject(new Error('what is under development is not signed')),
    };
    const verified = await verifyPackage(staged.content, trust, (path) => staged.readText(path, SBOM_LIMIT_BYTES));
    const { manifest } = verified;
    const taken = manifest === undefined ? undefined : await this.#taken(manifest.id, open);
    if (manifest === undefined || taken !== undefined)
      throw refusalOf(taken === undefined ? verified.problems : [taken]);
    return { staged, verified: { ...verified, manifest }, digest: packageDigest(staged.content) };
  }

  async #taken(id: string, open: Development): Promise<PackageProblem | undefined> {
    const known = (await this.#options.registry().list()).find((plugin) => plugin.id === id);
    const isOther = [...this.#open.values()].some((other) => other !== open && other.offered?.found.id === id);
    if (known?.origin !== 'core' && !isOther) return undefined;
    const message = `"${id}" ${isOther ? 'is under development elsewhere' : 'comes with the program'}`;
    return { code: 'name_taken', message, path: '/id' };
  }

  #found({ verified, staged, digest }: Verified, development: string): FoundPlugin {
    const folder = staged.storeFolder(digest);
    const insideFolder = `${this.#options.insideFolder}/${digest}`;
    const { manifest } = verified;
    return {
      ...verified,
      id: manifest.id,
      name: manifest.id,
      digest,
      origin: 'installed',
      insideFolder,
      folder,
      development,
    };
  }

  #opened(development: string): Development {
    const open = this.#open.get(development);
    if (open === undefined) throw this.#unknown(development);
    return open;
  }

  #unknown(development: string): Fault {
    return new Fault('development_unknown', `Cannot reload: no development "${development}" is open`, {
      fix: 'Open one, which is held open while it is needed: cavern plugin dev DIR',
    });
  }

  #end(development: string): Promise<void> {
    const open = this.#open.get(development);
    this.#open.delete(development);
    if (open?.offered === undefined) return Promise.resolve();
    const ending = this.#withdraw(open.offered, open.folder);
    this.#ending.add(ending);
    return ending.finally(() => this.#ending.delete(ending));
  }

  async #withdraw({ found }: Offered, folder: string): Promise<void> {
    const { registry, audit, onEnd } = this.#options;
    const plugin = found.name;
    await registry().refresh();
    await this.#discard(found.digest);
    await onEnd(plugin);
    const data = { plugin, development: folder };
    audit.record({ type: 'plugin_removed', actor: 'kernel', reason: 'its development ended', data });
  }

  async #discard(digest: string): Promise<void> {
    if (this.uses(digest) || this.#options.isInstalled(digest)) return;
    await this.#options.store.remove(digest);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
