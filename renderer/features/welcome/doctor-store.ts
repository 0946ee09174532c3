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

export type DoctorStore = ReturnType<typeof createDoctorStore>;

/** Whether this machine has what a session needs. */
export function createDoctorStore(client: Pick<KernelClient, 'app'>) {
  const store = createStore<DoctorState>(() => ({ doctor: undefined, checking: false, failure: undefined }));
  return {
    store,
    async check(): Promise<void> {
      if (store.getState().checking) return;
      store.setState({ checking: true, failure: undefined });
      try {
        store.setState({ doctor: await client.app.doctor({}), checking: false });
      } catch (thrown) {
        store.setState({ failure: failureOf(thrown), checking: false });
      }
    },
  };
}
