import { createStore } from 'zustand/vanilla';
import type { PolicyPreview, PolicyVersion } from '../../../schema/contract/policy.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf, isCancelled } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

/** What a new document would change, of the text that it was asked about. */
interface ShownPreview {
  readonly text: string;
  readonly preview: PolicyPreview;
}

interface ChangeState {
  readonly busy: 'previewing' | 'saving' | undefined;
  readonly shown: ShownPreview | undefined;
  readonly failure: Failure | undefined;
  readonly versions: readonly PolicyVersion[] | undefined;
  /** A version that is being looked at. */
  readonly past: { readonly version: PolicyVersion; readonly text: string } | undefined;
}

export interface ChangeStoreOptions {
  readonly client: Pick<KernelClient, 'policy'>;
  readonly onFailure: (thrown: unknown) => void;
  readonly onSaved: (version: PolicyVersion) => void;
}

/** The way of a new document into force: preview, confirmation, update; and the versions before it. */
export class ChangeStore {
  readonly store = createStore<ChangeState>(() => ({
    busy: undefined,
    shown: undefined,
    failure: undefined,
    versions: undefined,
    past: undefined,
  }));
  readonly #options: ChangeStoreOptions;

  constructor(options: ChangeStoreOptions) {
    this.#options = options;
  }

  async preview(text: string): Promise<void> {
    this.store.setState({ busy: 'previewing', failure: undefined });
    try {
      const preview = await this.#options.client.policy.preview({ text });
      this.store.setState({ busy: undefined, shown: { text, preview } });
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  closePreview(): void {
    this.store.setState({ shown: undefined, failure: undefined });
  }

  /** Puts the previewed text in force. Pressing the button is the approval that the call asks for. */
  async save(confirm: string): Promise<void> {
    const { shown, busy } = this.store.getState();
    if (shown === undefined || busy !== undefined) return;
    this.store.setState({ busy: 'saving', failure: undefined });
    try {
      const { version } = await this.#options.client.policy.update(
        { text: shown.text, base: shown.preview.base, ...(confirm === '' ? {} : { confirm }) },
        { review: 'approve' },
      );
      this.store.setState({ busy: undefined, shown: undefined });
      this.#options.onSaved(version);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  async loadVersions(): Promise<void> {
    try {
      const { versions } = await this.#options.client.policy.history({});
      this.store.setState({ versions });
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }

  async look(version: PolicyVersion | undefined): Promise<void> {
    if (version === undefined) return this.store.setState({ past: undefined });
    try {
      this.store.setState({ past: await this.#options.client.policy.version({ version: version.id }) });
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }

  #fail(thrown: unknown): void {
    this.store.setState({ busy: undefined, ...(isCancelled(thrown) ? {} : { failure: failureOf(thrown) }) });
  }
}
