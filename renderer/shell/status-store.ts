import { createStore } from 'zustand/vanilla';
import type { KernelClient } from '../app/kernel-client.ts';

interface StatusState {
  /** undefined until the kernel has said. */
  readonly policy: { readonly loaded: boolean; readonly warnings: number; readonly source: string } | undefined;
}

export type StatusStore = ReturnType<typeof createStatusStore>;

/** What the status bar shows and nobody else keeps. */
export function createStatusStore(client: Pick<KernelClient, 'policy'>) {
  const store = createStore<StatusState>(() => ({ policy: undefined }));
  return {
    store,
    async load(): Promise<void> {
      try {
        const { loaded, warnings, source } = await client.policy.show({});
        store.setState({ policy: { loaded, warnings: warnings.length, source } });
      } catch {
        store.setState({ policy: { loaded: false, warnings: 0, source: '' } });
      }
    },
  };
}
