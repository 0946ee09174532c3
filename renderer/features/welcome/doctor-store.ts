import { createStore } from 'zustand/vanilla';
import type { Doctor } from '../../../schema/contract/app.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

interface DoctorState {
  readonly doctor: Doctor | undefined;
  readonly checking: boolean;
  readonly failure: Failure | undefined;
}

/** Whether this machine has what a session needs. */
export class DoctorStore {
  readonly store = createStore<DoctorState>(() => ({ doctor: undefined, checking: false, failure: undefined }));
  readonly #client: Pick<KernelClient, 'app'>;

  constructor(client: Pick<KernelClient, 'app'>) {
    this.#client = client;
  }

  async check(): Promise<void> {
    if (this.store.getState().checking) return;
    this.store.setState({ checking: true, failure: undefined });
    try {
      this.store.setState({ doctor: await this.#client.app.doctor({}), checking: false });
    } catch (thrown) {
      this.store.setState({ failure: failureOf(thrown), checking: false });
    }
  }
}
