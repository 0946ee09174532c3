import { createStore } from 'zustand/vanilla';
import type { SecretForm, SecretHanding, SecretInfo } from '../../../schema/contract/secret.ts';
import type { Session } from '../../../schema/entities.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

export interface SecretsStoreOptions {
  readonly client: Pick<KernelClient, 'secret'>;
  readonly session: Pick<Session, 'id' | 'workspace'>;
  readonly onFailure: (thrown: unknown) => void;
}

interface SecretsState {
  readonly secrets: readonly SecretInfo[];
  /** To this session, or to every session of its folder. */
  readonly handings: readonly SecretHanding[];
  readonly busy: boolean;
}

/** The secrets of the key store by name, and which of them one session is given. */
export class SecretsStore {
  readonly store = createStore<SecretsState>(() => ({ secrets: [], handings: [], busy: false }));
  readonly #options: SecretsStoreOptions;

  constructor(options: SecretsStoreOptions) {
    this.#options = options;
  }

  load(): Promise<boolean> {
    return this.#work(async () => undefined);
  }

  /** False where it was refused; why is told elsewhere. */
  add(name: string, value: string): Promise<boolean> {
    return this.#work(() => this.#options.client.secret.add({ name, value }));
  }

  remove(name: string): Promise<boolean> {
    return this.#work(() => this.#options.client.secret.remove({ name }));
  }

  hand(name: string, as: SecretForm, to: 'session' | 'workspace'): Promise<boolean> {
    const { client, session } = this.#options;
    const target = to === 'session' ? { session: session.id } : { workspace: session.workspace };
    return this.#work(() => client.secret.hand({ name, as, ...target }));
  }

  withdraw(id: string): Promise<boolean> {
    return this.#work(() => this.#options.client.secret.withdraw({ id }));
  }

  /** Does it, then looks how things are. */
  async #work(work: () => Promise<unknown>): Promise<boolean> {
    const { client, session, onFailure } = this.#options;
    this.store.setState({ busy: true });
    try {
      await work();
      const { secrets, handings } = await client.secret.list({});
      const ours = handings.filter(
        (handing) => handing.session === session.id || handing.workspace === session.workspace,
      );
      this.store.setState({ secrets, handings: ours });
      return true;
    } catch (thrown) {
      onFailure(thrown);
      return false;
    } finally {
      this.store.setState({ busy: false });
    }
  }
}
