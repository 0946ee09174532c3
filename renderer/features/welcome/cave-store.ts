import { createStore } from 'zustand/vanilla';
import type { Areas } from '../../../schema/contract/areas.ts';
import type { Static } from 'typebox';
import type { KernelClient } from '../../app/kernel-client.ts';

type Cave = Static<Areas['sandbox']['members']['cave']['output']>;

interface CaveState {
  /** The folder that `cave` is of. */
  readonly workspace: string;
  readonly cave: Cave | undefined;
}

/** What the cave.yaml of the folder that is being chosen says. */
export class CaveStore {
  readonly store = createStore<CaveState>(() => ({ workspace: '', cave: undefined }));
  readonly #client: Pick<KernelClient, 'sandbox'>;

  constructor(client: Pick<KernelClient, 'sandbox'>) {
    this.#client = client;
  }

  /** What is no folder has no cave.yaml: whoever opens it is told why. */
  async look(workspace: string): Promise<void> {
    this.store.setState({ workspace, cave: undefined });
    if (!workspace.startsWith('/')) return;
    const cave = await this.#client.sandbox.cave({ workspace }).catch(() => undefined);
    if (this.store.getState().workspace === workspace) this.store.setState({ cave });
  }
}
