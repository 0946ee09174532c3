import { programFile } from '../../../../schema/mcp/server-program.ts';
import type { PluginConsent, PluginInspection, PluginSummary } from '../../../../schema/contract/plugin.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { PluginManifest } from '../../../../schema/plugin-manifest.ts';
import type { Clock } from '../../../base/clock.ts';
import type { AuditEntry } from '../../../../schema/audit-record.ts';
import { CrashBudget } from '../crash-budget.ts';
import { packageDigest } from '../packages/package-digest.ts';
import { SBOM_LIMIT_BYTES } from '../packages/sbom.ts';
import { type Trust, verifyPackage } from '../packages/verification.ts';
import type { FoundPlugin, PluginRegistry } from '../plugin-registry.ts';
import type { PackageProblem, PackageSource, PluginStore, StagedPackage } from '../ports.ts';
import { askedToInstall, type Installed, withLostSecrets } from './asked.ts';
import { checkConsent, inspectionOf, refusalOf, type Verified } from './inspection.ts';
import type { InstalledPlugin, PluginRecords } from './installed-record.ts';

export interface InstallerOptions {
  readonly store: PluginStore;
  readonly records: PluginRecords;
  readonly registry: () => PluginRegistry;
  readonly trust: () => Trust;
  /** The store as a sandbox sees it. */
  readonly insideFolder: string;
  readonly audit: { record(entry: AuditEntry): void };
  /** The names of the secrets that a plugin was handed, and that this package in its place, or none, is not given. */
  readonly secretsLost?: (
    id: string,
    candidate: { readonly digest: string; readonly signer: string | undefined } | undefined,
  ) => string[];
  /** Whether a package of the store is needed otherwise than installed. */
  readonly isUsed?: (digest: string) => boolean;
  readonly clock: Clock;
}

export interface InstallOrder extends PackageSource {
  readonly consent?: PluginConsent | undefined;
}

export interface Installation {
  readonly plugin: PluginSummary;
  /** As it was agreed to. */
  readonly inspection: PluginInspection;
}

/** Brings plugins into a home and out of it: verified, agreed to, whole or not at all, one after the other. */
export class Installer {
  readonly #options: InstallerOptions;
  readonly #crashes: CrashBudget;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: InstallerOptions) {
    this.#options = options;
    this.#crashes = new CrashBudget(options.clock);
  }

  /** Takes away what an installation left that was cut off. Before anything else is asked of this. */
  async recover(): Promise<void> {
    const { store, records } = this.#options;
    await store.sweep(new Set(records.installed.all().map(({ digest }) => digest)));
  }

  /** What is installed, verified again from what lies on the disk: who is no longer trusted or was tampered with is refused. */
  async found(): Promise<FoundPlugin[]> {
    const { records } = this.#options;
    const all = records.installed.all().toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return Promise.all(all.map((record) => this.#find(record)));
  }

  /** What there is to know before a consent. Throws `plugin_refused` with the problems. */
  inspect(source: PackageSource): Promise<PluginInspection> {
    return this.#inTurn(async () => {
      await using staged = await this.#options.store.stage(source);
      return await this.#inspection(await this.#verify(source, staged));
    });
  }

  /** Installs or updates; what is disabled stays so. Throws `plugin_refused`, and `consent_needed` with the inspection as data; then nothing has changed. */
  install(order: InstallOrder): Promise<Installation> {
    return this.#inTurn(async () => {
      await using staged = await this.#options.store.stage(order);
      const verified = await this.#verify(order, staged);
      const inspection = await this.#inspection(verified);
      checkConsent(inspection, order.consent);
      return { plugin: await this.#keep(verified), inspection };
    });
  }

  /** Gives the version that was there, and the names of the secrets that are taken back. Throws `plugin_unknown`. */
  remove(id: string): Promise<{ readonly removed: string; readonly secrets: string[] }> {
    return this.#inTurn(async () => {
      const { records, store, isUsed = () => false } = this.#options;
      const { version, digest } = this.#record(id, 'remove');
      const secrets = this.#options.secretsLost?.(id, undefined) ?? [];
      records.installed.delete(id);
      await records.installed.flush();
      if (!isUsed(digest)) await store.remove(digest);
      await this.#options.registry().refresh();
      return { removed: version, secrets };
    });
  }

  /** With a reason it is disabled, without it enabled. Throws `plugin_unknown`. */
  setDisabled(id: string, reason: string | undefined): Promise<PluginSummary> {
    return this.#inTurn(async () => {
      const { disabled: _was, ...record } = this.#record(id, reason === undefined ? 'enable' : 'disable');
      const next = reason === undefined ? record : { ...record, disabled: reason };
      await this.#options.records.installed.putSynced(id, next);
      return this.#summary(id);
    });
  }

  /** Counts against the budget of an installed plugin. What came with the program is spared: whoever is inside a sandbox can end its processes. */
  crashed(id: string): void {
    if (this.#options.records.installed.get(id) === undefined || !this.#crashes.spend(id)) return;
    const reason = 'it crashed three times within five minutes';
    this.setDisabled(id, reason).then(
      () => this.#options.audit.record({ type: 'plugin_disabled', actor: 'kernel', reason, data: { plugin: id } }),
      // Removed meanwhile.
      () => undefined,
    );
  }

  async #find({ id, digest, disabled }: InstalledPlugin): Promise<FoundPlugin> {
    const base = {
      name: id,
      digest,
      disabled,
      origin: 'installed',
      insideFolder: `${this.#options.insideFolder}/${digest}`,
    } as const;
    try {
      const { content, readText, folder } = await this.#options.store.read(digest);
      const read = (path: string) => readText(path, SBOM_LIMIT_BYTES);
      const verified = await verifyPackage(content, this.#options.trust(), read);
      const isSame = packageDigest(content) === digest && (verified.id ?? id) === id;
      if (isSame) return { ...base, ...verified, id, folder };
      const message = 'what lies in the store is not what was installed';
      return { ...base, id, manifest: undefined, problems: [{ code: 'digest_mismatch', message, path: '' }] };
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      const message = `what was installed cannot be read: ${why}`;
      return { ...base, id, manifest: undefined, problems: [{ code: 'unreadable', message, path: '' }] };
    }
  }

  async #verify(source: PackageSource, staged: StagedPackage): Promise<Verified> {
    const read = (path: string) => staged.readText(path, SBOM_LIMIT_BYTES);
    const verified = await verifyPackage(staged.content, this.#options.trust(), read);
    const { manifest } = verified;
    const taken = manifest === undefined ? undefined : await this.#taken(manifest);
    if (manifest === undefined || taken !== undefined) {
      throw this.#refusal(source, taken === undefined ? verified.problems : [taken]);
    }
    return { staged, verified: { ...verified, manifest }, digest: packageDigest(staged.content) };
  }

  async #taken({ id }: PluginManifest): Promise<PackageProblem | undefined> {
    const known = (await this.#options.registry().list()).find((plugin) => plugin.id === id);
    if (known === undefined || known.origin === 'installed') return undefined;
    return { code: 'name_taken', message: `"${id}" comes with the program`, path: '/id' };
  }

  #refusal({ source }: PackageSource, problems: readonly PackageProblem[]): Fault {
    const codes = [...new Set(problems.map(({ code }) => code))];
    this.#options.audit.record({
      type: 'plugin_refused',
      actor: 'kernel',
      reason: problems
        .map(({ code, message }) => `${code}: ${message}`)
        .join('; ')
        .slice(0, 500),
      data: { source: source.slice(0, 500), codes: codes.slice(0, 20) },
    });
    return refusalOf(problems);
  }

  async #inspection(verified: Verified): Promise<PluginInspection> {
    const { verified: candidate, digest } = verified;
    const { id } = candidate.manifest;
    const installed = await this.#installed(id);
    const asked = askedToInstall({ ...candidate, digest }, installed);
    const lost = this.#options.secretsLost?.(id, { digest, signer: candidate.signer }) ?? [];
    return inspectionOf(verified, installed === undefined ? asked : withLostSecrets(asked, lost));
  }

  /** What is installed, as its own package in the store says it: that has the digest that was agreed to, or it is refused. */
  async #installed(id: string): Promise<Installed | undefined> {
    const record = this.#options.records.installed.get(id);
    if (record === undefined) return undefined;
    const { version, digest, agreed: capabilities } = record;
    const { manifest, signer, problems } = await this.#find(record);
    const [problem] = problems;
    const agreed = manifest === undefined ? undefined : { manifest, signer, capabilities };
    return { version, digest, agreed, refused: problem && `${problem.code}: ${problem.message}` };
  }

  async #keep({ verified: { manifest }, staged, digest }: Verified): Promise<PluginSummary> {
    const { store, records, clock, isUsed = () => false } = this.#options;
    const { id, version, capabilities } = manifest;
    const before = records.installed.get(id);
    await store.keep(staged, { digest, program: programFile(manifest) });
    const { disabled } = before ?? {};
    const { archive } = staged;
    const record: InstalledPlugin = {
      id,
      version,
      digest,
      agreed: capabilities,
      installedAt: clock.now(),
      ...(archive === undefined ? {} : { archive }),
      ...(disabled === undefined ? {} : { disabled }),
    };
    await records.installed.putSynced(id, record);
    if (before !== undefined && before.digest !== digest && !isUsed(before.digest)) await store.remove(before.digest);
    return this.#summary(id);
  }

  async #summary(id: string): Promise<PluginSummary> {
    const registry = this.#options.registry();
    await registry.refresh();
    const summary = (await registry.list()).find((plugin) => plugin.id === id);
    if (summary === undefined) throw unknown('show', id);
    return summary;
  }

  #record(id: string, action: string): InstalledPlugin {
    const record = this.#options.records.installed.get(id);
    if (record === undefined) throw unknown(action, id);
    return record;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function unknown(action: string, id: string): Fault {
  return new Fault('plugin_unknown', `Cannot ${action} "${id}": no plugin of that name is installed`, {
    fix: 'List them: cavern plugin list',
  });
}
