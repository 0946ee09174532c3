import { createStore } from 'zustand/vanilla';
import type { KernelClient } from '../app/kernel-client.ts';

interface StatusState {
  /** undefined until the kernel has said. */
  readonly policy: { readonly loaded: boolean; readonly warnings: number; readonly source: string } | undefined;
}

/** What the status bar shows and nobody else keeps. */
export class StatusStore {
  readonly store = createStore<StatusState>(() => ({ policy: undefined }));
  readonly #client: Pick<KernelClient, 'policy'>;

  constructor(client: Pick<KernelClient, 'policy'>) {
    this.#client = client;
  }

  async load(): Promise<void> {
    try {
      const { loaded, warnings, source } = await this.#client.policy.show({});
      this.store.setState({ policy: { loaded, warnings: warnings.length, source } });
    } catch {
      this.store.setState({ policy: { loaded: false, warnings: 0, source: '' } });
    }
  }
}
