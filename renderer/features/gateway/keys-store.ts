import { createStore } from 'zustand/vanilla';
import type { IssuedKey, Key, KeyId, KeyWebhook } from '../../../schema/contract/key.ts';
import type { Failure } from '../../../schema/entities.ts';
import type { KeyKind } from '../../../schema/key-scope.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

export interface KeyLimit {
  readonly kind: KeyKind;
  readonly lifetimeMs: number;
  readonly rotatesAfterMs?: number;
  readonly requestsPerMinute: number;
}

export interface KeyOrder {
  readonly scope: string;
  readonly owner?: string;
  readonly ttlMs?: number;
}

interface KeysState {
  readonly keys: readonly Key[];
  readonly webhook: KeyWebhook | undefined;
  readonly limits: readonly KeyLimit[];
  readonly loaded: boolean;
  readonly failure: Failure | undefined;
  readonly which: 'in force' | 'all';
  /** The one with a token that is to be shown once, and how it came about. */
  readonly issued: { readonly key: IssuedKey; readonly by: 'issue' | 'rotation' } | undefined;
  readonly busy: boolean;
}

export interface KeysStoreOptions {
  readonly client: Pick<KernelClient, 'key'>;
  readonly onFailure: (thrown: unknown) => void;
}

/** The API keys. A token is here from when it was made until the person says that they have it, and nowhere else. */
export class KeysStore {
  readonly store = createStore<KeysState>(() => ({
    keys: [],
    webhook: undefined,
    limits: [],
    loaded: false,
    failure: undefined,
    which: 'in force',
    issued: undefined,
    busy: false,
  }));
  readonly #options: KeysStoreOptions;

  constructor(options: KeysStoreOptions) {
    this.#options = options;
  }

  /** Until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const { client, onFailure } = this.#options;
    client.key
      .limits({}, { signal })
      .then(({ kinds }) => this.store.setState({ limits: kinds }))
      .catch((thrown: unknown) => (signal.aborted ? undefined : onFailure(thrown)));
    await follow({
      signal,
      open: (open) => client.key.watch({}, { signal: open }),
      onEvent: ({ keys, webhook }) => this.store.setState({ keys, webhook, loaded: true, failure: undefined }),
      onFailure: (failure, next) => (next === 'final' ? this.store.setState({ failure }) : undefined),
    });
  }

  show(which: KeysState['which']): void {
    this.store.setState({ which });
  }

  /** False where it was refused; why is told elsewhere. */
  issue(order: KeyOrder): Promise<boolean> {
    return this.#work(async () => {
      const key = await this.#options.client.key.issue(order);
      this.store.setState({ issued: { key, by: 'issue' } });
    });
  }

  rotate(id: KeyId): Promise<boolean> {
    return this.#work(async () => {
      const key = await this.#options.client.key.rotate({ id });
      this.store.setState({ issued: { key, by: 'rotation' } });
    });
  }

  revoke(id: KeyId): Promise<boolean> {
    return this.#work(() => this.#options.client.key.revoke({ id }));
  }

  /** The person has the token; it is gone from here. */
  forgetToken(): void {
    this.store.setState({ issued: undefined });
  }

  configureWebhook(url: string | null, secret: string): Promise<boolean> {
    return this.#work(async () => {
      const webhook = await this.#options.client.key.configureWebhook({ url, ...(secret === '' ? {} : { secret }) });
      this.store.setState({ webhook });
    });
  }

  async #work(work: () => Promise<unknown>): Promise<boolean> {
    this.store.setState({ busy: true });
    try {
      await work();
      return true;
    } catch (thrown) {
      this.#options.onFailure(thrown);
      return false;
    } finally {
      this.store.setState({ busy: false });
    }
  }
}
