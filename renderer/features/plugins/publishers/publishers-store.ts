import { createStore } from 'zustand/vanilla';
import type { Publisher } from '../../../../schema/contract/plugin.ts';
import type { Failure } from '../../../../schema/entities.ts';
import { failureOf } from '../../../app/failure.ts';
import type { KernelClient } from '../../../app/kernel-client.ts';

interface PublishersState {
  readonly publishers: readonly Publisher[] | undefined;
  /** Why the key that was given is not trusted. */
  readonly failure: Failure | undefined;
  readonly busy: boolean;
  /** What is typed into the form; kept while the person looks elsewhere. */
  readonly name: string;
  readonly kind: ProofKind;
  readonly key: string;
  readonly issuer: string;
  readonly subject: string;
}

/** What proves that a publisher made something. */
export type ProofKind = 'key' | 'sigstore';

type Draft = Pick<PublishersState, 'name' | 'kind' | 'key' | 'issuer' | 'subject'>;
const EMPTY: Draft = { name: '', kind: 'key', key: '', issuer: '', subject: '' };

export interface PublishersStoreOptions {
  readonly client: Pick<KernelClient, 'plugin'>;
  readonly onFailure: (thrown: unknown) => void;
  /** What is trusted has changed, and so may have the state of plugins. */
  readonly onChanged: () => void;
}

/** Whose signatures are trusted, and the form for one more. */
export class PublishersStore {
  readonly store = createStore<PublishersState>(() => ({
    publishers: undefined,
    failure: undefined,
    busy: false,
    ...EMPTY,
  }));
  readonly #options: PublishersStoreOptions;

  constructor(options: PublishersStoreOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    try {
      const { publishers } = await this.#options.client.plugin.publishers({});
      this.store.setState({ publishers });
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }

  enter(part: Partial<Draft>): void {
    this.store.setState({ ...part, failure: undefined });
  }

  async trust(proof: Pick<Publisher, 'publicKey' | 'identity'>): Promise<void> {
    const { name } = this.store.getState();
    this.store.setState({ busy: true, failure: undefined });
    try {
      await this.#options.client.plugin.trust({ name: name.trim(), ...proof }, { review: 'approve' });
      this.store.setState(EMPTY);
    } catch (thrown) {
      this.store.setState({ failure: failureOf(thrown) });
    } finally {
      this.store.setState({ busy: false });
      await this.#changed();
    }
  }

  async distrust(name: string): Promise<void> {
    try {
      await this.#options.client.plugin.distrust({ name }, { review: 'approve' });
    } catch (thrown) {
      this.#options.onFailure(thrown);
    } finally {
      await this.#changed();
    }
  }

  async #changed(): Promise<void> {
    await this.load();
    this.#options.onChanged();
  }
}
