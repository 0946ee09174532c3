import { createStore } from 'zustand/vanilla';
import type { PluginSummary } from '../../../schema/contract/plugin.ts';
import type { ListedHanding, SecretForm, SecretInfo } from '../../../schema/contract/secret.ts';
import type { Session } from '../../../schema/entities.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

export interface SecretsStoreOptions {
  readonly client: Pick<KernelClient, 'secret'> & { readonly plugin: Pick<KernelClient['plugin'], 'list'> };
  readonly session: Pick<Session, 'id' | 'workspace'>;
  readonly onFailure: (thrown: unknown) => void;
}

export type SecretPlugin = Pick<PluginSummary, 'id' | 'displayName'>;

/** Who is given a secret. */
export interface SecretTarget {
  readonly scope: 'session' | 'workspace';
  /** Absent: what runs in the session itself. */
  readonly plugin?: string | undefined;
}

interface SecretsState {
  readonly secrets: readonly SecretInfo[];
  /** To this session, to every session of its folder, or to plugins there or everywhere. */
  readonly handings: readonly ListedHanding[];
  /** Those of others, which have sandboxes of their own. */
  readonly plugins: readonly SecretPlugin[];
  readonly busy: boolean;
}

/** The secrets of the key store by name, and which of them one session is given. */
export class SecretsStore {
  readonly store = createStore<SecretsState>(() => ({ secrets: [], handings: [], plugins: [], busy: false }));
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

  hand(name: string, as: SecretForm, { scope, plugin }: SecretTarget): Promise<boolean> {
    const { client, session } = this.#options;
    const place = scope === 'session' ? { session: session.id } : { workspace: session.workspace };
    return this.#work(() => client.secret.hand({ name, as, ...place, ...(plugin === undefined ? {} : { plugin }) }));
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
      const [{ secrets, handings }, { plugins }] = await Promise.all([client.secret.list({}), client.plugin.list({})]);
      const isOurs = ({ session: to, workspace }: ListedHanding): boolean =>
        (to ?? workspace) === undefined || to === session.id || workspace === session.workspace;
      const ofOthers = plugins.filter(({ origin, state }) => origin === 'installed' && state !== 'refused');
      this.store.setState({ secrets, handings: handings.filter(isOurs), plugins: ofOthers });
      return true;
    } catch (thrown) {
      onFailure(thrown);
      return false;
    } finally {
      this.store.setState({ busy: false });
    }
  }
}
