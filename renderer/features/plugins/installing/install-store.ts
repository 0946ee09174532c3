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

/** Updates that are gone through one after the other. */
export interface UpdateRound {
  /** Those that come after the one that is looked at. */
  readonly waiting: readonly PluginOffer[];
  readonly total: number;
  readonly updated: number;
}

interface InstallState {
  readonly installing: Installing | undefined;
  readonly round: UpdateRound | undefined;
}

export interface InstallStoreOptions {
  readonly client: Pick<KernelClient, 'plugin' | 'window'>;
  readonly onFailure: (thrown: unknown) => void;
  readonly onInstalled: (plugin: PluginSummary) => Promise<void>;
  /** A round has ended, by itself or by hand; how many plugins it updated. */
  readonly onRound: (updated: number) => Promise<void>;
}

/** Brings plugins in: what was chosen is inspected first, and installed only as it was agreed to. */
export class InstallStore {
  readonly store = createStore<InstallState>(() => ({
    installing: undefined,
    round: undefined,
  }));
  readonly #options: InstallStoreOptions;

  constructor(options: InstallStoreOptions) {
    this.#options = options;
  }

  /** Asks for a package; `about` is the name of the plugin that is to be updated. */
  choose(about?: string): void {
    this.store.setState({ installing: { step: 'choose', about } });
  }

  /** Goes through updates: what asks for nothing more is installed, the rest waits for an answer, one after the other. */
  async updateAll(offers: readonly PluginOffer[]): Promise<void> {
    this.store.setState({ round: { waiting: offers, total: offers.length, updated: 0 } });
    await this.#next();
  }

  /** Leaves one of a round as it is. */
  async skip(): Promise<void> {
    await this.#next();
  }

  /** Ends a round, too; what is being installed is installed. */
  close(): void {
    const { round } = this.store.getState();
    this.store.setState({ installing: undefined, round: undefined });
    if (round !== undefined) void this.#options.onRound(round.updated);
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
      if (!this.#isAt('look', from)) return;
      this.store.setState({ installing: { step: 'agree', from, inspection } });
      const { round } = this.store.getState();
      if (round !== undefined && !inspection.needsConsent) await this.agree();
    } catch (thrown) {
      if (this.#isAt('look', from)) this.#refuse(from, thrown);
    }
  }

  /** Consents to what is shown, and to nothing else. Pressing the button is the approval that the call asks for. */
  async agree(): Promise<void> {
    const { installing, round } = this.store.getState();
    if (installing?.step !== 'agree') return;
    const { from, inspection } = installing;
    const { digest, capabilities, replaces, needsConsent } = inspection;
    this.store.setState({ installing: { ...installing, step: 'install' } });
    try {
      // What needed none when it was looked at has none to give, should that be otherwise by now.
      const order = { ...from, ...(needsConsent ? { consent: { digest, capabilities, replaces } } : {}) };
      const { plugin } = await this.#options.client.plugin.install(order, { review: 'approve' });
      if (round !== undefined && this.store.getState().round === round) {
        this.store.setState({ round: { ...round, updated: round.updated + 1 } });
        await this.#next();
      } else {
        this.close();
        await this.#options.onInstalled(plugin);
      }
    } catch (thrown) {
      // Something else has been installed since: what is asked by now has not been shown.
      if (failureOf(thrown).code === 'consent_needed') await this.look(from);
      else this.#refuse(from, thrown);
    }
  }

  async #next(): Promise<void> {
    const { round } = this.store.getState();
    const [offer, ...waiting] = round?.waiting ?? [];
    if (round === undefined || offer === undefined) return this.close();
    this.store.setState({ round: { ...round, waiting } });
    await this.look({ source: offer.file, pin: offer.pin });
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

/** Which of a round is looked at, from 1 on. */
export function placeIn({ waiting, total }: UpdateRound): number {
  return total - waiting.length;
}
