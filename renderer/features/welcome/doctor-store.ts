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

/** A search for an engine that is not there costs next to nothing; the whole check, which starts a container, is not repeated. */
const LOOK_AGAIN_MS = 3000;

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
    await this.#look();
    this.store.setState({ checking: false });
  }

  /** Looks again by itself while there is no engine with the image that sessions need. Ends with the signal. */
  watch(signal: AbortSignal): void {
    const lookAgain = async (): Promise<void> => {
      const { doctor, checking } = this.store.getState();
      if (doctor?.image.ready === false && !checking) await this.#look();
      if (!signal.aborted) timer = setTimeout(lookAgain, LOOK_AGAIN_MS);
    };
    let timer = setTimeout(lookAgain, LOOK_AGAIN_MS);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  /** Checks again where the policy was what failed. */
  async policyChanged(): Promise<void> {
    const policy = this.store.getState().doctor?.checks.find(({ name }) => name === 'policy');
    if (policy?.ok === false) await this.check();
  }

  async #look(): Promise<void> {
    try {
      this.store.setState({ doctor: await this.#client.app.doctor({}), failure: undefined });
    } catch (thrown) {
      this.store.setState({ failure: failureOf(thrown) });
    }
  }
}
