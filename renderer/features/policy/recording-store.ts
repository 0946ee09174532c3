import { createStore } from 'zustand/vanilla';
import type { Proposal, Recording } from '../../../schema/contract/policy.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

interface RecordingState {
  readonly recordings: readonly Recording[];
  readonly busy: boolean;
  /** Proposals that were written into the draft, by session and id. */
  readonly adopted: ReadonlySet<string>;
}

export interface RecordingStoreOptions {
  readonly client: Pick<KernelClient, 'policy'>;
  readonly onFailure: (thrown: unknown) => void;
}

const RENEW_MS = 2000;

/** Sessions in record mode, and the rules that are proposed from what they did. */
export class RecordingStore {
  readonly store = createStore<RecordingState>(() => ({ recordings: [], busy: false, adopted: new Set() }));
  readonly #options: RecordingStoreOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RecordingStoreOptions) {
    this.#options = options;
  }

  /** Asks again by itself for as long as a session records. */
  async load(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const { recordings } = await this.#options.client.policy.recordings({});
      this.store.setState({ recordings });
      if (recordings.some(({ state }) => state === 'recording')) {
        this.#timer = setTimeout(() => void this.load(), RENEW_MS);
      }
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }

  /** Lets a session's tools through for a while. Pressing the button is the approval that the call asks for. */
  start(session: SessionId, minutes: number): Promise<void> {
    return this.#change(() => this.#options.client.policy.record({ session, minutes }, { review: 'approve' }));
  }

  stop(session: SessionId): Promise<void> {
    return this.#change(() => this.#options.client.policy.stopRecording({ session }));
  }

  /** The text with the proposed rule in it; nothing is in force by that. */
  async adopt(session: SessionId, proposal: Proposal, text: string): Promise<string | undefined> {
    try {
      const written = await this.#options.client.policy.adopt({ session, proposal: proposal.id, text });
      this.store.setState(({ adopted }) => ({ adopted: new Set([...adopted, keyOf(session, proposal)]) }));
      return written.text;
    } catch (thrown) {
      this.#options.onFailure(thrown);
      return undefined;
    }
  }

  async #change(act: () => Promise<unknown>): Promise<void> {
    this.store.setState({ busy: true });
    try {
      await act();
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
    this.store.setState({ busy: false });
    await this.load();
  }
}

export function keyOf(session: SessionId, proposal: Proposal): string {
  return `${session}/${proposal.id}`;
}
