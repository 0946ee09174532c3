import { createStore } from 'zustand/vanilla';
import type { PluginInspection, PluginOffer, PluginSummary } from '../../../../schema/contract/plugin.ts';
import type { Failure } from '../../../../schema/entities.ts';
import { failureOf } from '../../../app/failure.ts';
import type { KernelClient } from '../../../app/kernel-client.ts';
import { type PackageProblem, packageProblemsOf } from '../package-problems.ts';

export interface PackageSource {
  /** The absolute path of a folder or a `.tgz`. */
  readonly source: string;
  /** SHA-256 that a team's index names for it. */
  readonly pin?: string;
}

/** Where an installation stands: what to install is asked, looked at, agreed to. */
export type Installing =
  | { readonly step: 'choose'; readonly about: string | undefined }
  | { readonly step: 'look'; readonly from: PackageSource }
  | { readonly step: 'agree'; readonly from: PackageSource; readonly inspection: PluginInspection }
  | { readonly step: 'install'; readonly from: PackageSource; readonly inspection: PluginInspection }
  | {
      readonly step: 'refused';
      readonly from: PackageSource;
      readonly failure: Failure;
      readonly problems: readonly PackageProblem[];
    };

interface InstallState {
  readonly installing: Installing | undefined;
  /** The team's folder that was looked into last. */
  readonly folder: string;
  readonly offers: readonly PluginOffer[] | undefined;
  readonly offersFailure: Failure | undefined;
}

export interface InstallStoreOptions {
  readonly client: Pick<KernelClient, 'plugin' | 'window'>;
  readonly onFailure: (thrown: unknown) => void;
  readonly onInstalled: (plugin: PluginSummary) => Promise<void>;
}

/** Brings plugins in: what was chosen is inspected first, and installed only as it was agreed to. */
export class InstallStore {
  readonly store = createStore<InstallState>(() => ({
    installing: undefined,
    folder: '',
    offers: undefined,
    offersFailure: undefined,
  }));
  readonly #options: InstallStoreOptions;

  constructor(options: InstallStoreOptions) {
    this.#options = options;
  }

  /** Asks for a package; `about` is the name of the plugin that is to be updated. */
  choose(about?: string): void {
    this.store.setState({ installing: { step: 'choose', about } });
  }

  close(): void {
    this.store.setState({ installing: undefined });
  }

  /** A path from the system's own dialog; undefined where none was chosen. */
  async pick(kind: 'folder' | 'package'): Promise<string | undefined> {
    const { client, onFailure } = this.#options;
    try {
      const { path } = await (kind === 'folder' ? client.window.pickFolder({}) : client.window.pickPackage({}));
      return path ?? undefined;
    } catch (thrown) {
      onFailure(thrown);
      return undefined;
    }
  }

  async look(from: PackageSource): Promise<void> {
    this.store.setState({ installing: { step: 'look', from } });
    try {
      const inspection = await this.#options.client.plugin.inspect({ ...from });
      if (this.#isAt('look', from)) this.store.setState({ installing: { step: 'agree', from, inspection } });
    } catch (thrown) {
      if (this.#isAt('look', from)) this.#refuse(from, thrown);
    }
  }

  /** Consents to what is shown, and to nothing else. Pressing the button is the approval that the call asks for. */
  async agree(): Promise<void> {
    const { installing } = this.store.getState();
    if (installing?.step !== 'agree') return;
    const { from, inspection } = installing;
    const { digest, capabilities } = inspection;
    this.store.setState({ installing: { ...installing, step: 'install' } });
    try {
      const order = { ...from, consent: { digest, capabilities } };
      const { plugin } = await this.#options.client.plugin.install(order, { review: 'approve' });
      this.close();
      await this.#options.onInstalled(plugin);
      if (this.store.getState().offers !== undefined) await this.loadOffers();
    } catch (thrown) {
      this.#refuse(from, thrown);
    }
  }

  setFolder(folder: string): void {
    this.store.setState({ folder, offers: undefined, offersFailure: undefined });
  }

  async loadOffers(): Promise<void> {
    const { folder } = this.store.getState();
    try {
      const { offers } = await this.#options.client.plugin.offers({ folder });
      this.store.setState({ offers, offersFailure: undefined });
    } catch (thrown) {
      this.store.setState({ offers: undefined, offersFailure: failureOf(thrown) });
    }
  }

  #isAt(step: Installing['step'], from: PackageSource): boolean {
    const { installing } = this.store.getState();
    return installing?.step === step && 'from' in installing && installing.from === from;
  }

  #refuse(from: PackageSource, thrown: unknown): void {
    const problems = packageProblemsOf(thrown);
    this.store.setState({ installing: { step: 'refused', from, failure: failureOf(thrown), problems } });
  }
}
