import { createStore } from 'zustand/vanilla';
import type { SessionId, Terminal, TerminalId } from '../../../schema/entities.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

interface TerminalsState {
  readonly loaded: boolean;
  readonly opening: boolean;
  readonly terminals: readonly Terminal[];
}

export interface TerminalsStoreOptions {
  readonly client: Pick<KernelClient, 'terminal'>;
  readonly session: SessionId;
  readonly onFailure: (thrown: unknown) => void;
  /** A process in a terminal ended: files may have changed. */
  readonly onEnded: () => void;
}

/** Until its pane is measured; it is resized as soon as it is shown. */
const FIRST_SIZE = { cols: 100, rows: 24 } as const;

/** The terminals of one session. */
export class TerminalsStore {
  readonly store = createStore<TerminalsState>(() => ({ loaded: false, opening: false, terminals: [] }));
  readonly #options: TerminalsStoreOptions;

  constructor(options: TerminalsStoreOptions) {
    this.#options = options;
  }

  /** Those that are there already, also from before a restart of the app. */
  async load(): Promise<void> {
    const { client, session, onFailure } = this.#options;
    try {
      const { terminals } = await client.terminal.list({ session });
      this.store.setState({ terminals, loaded: true });
    } catch (thrown) {
      onFailure(thrown);
    }
  }

  async open(): Promise<void> {
    const { client, session, onFailure } = this.#options;
    this.store.setState({ opening: true });
    try {
      const terminal = await client.terminal.open({ session, ...FIRST_SIZE });
      this.store.setState(({ terminals }) => ({ terminals: [...terminals, terminal] }));
    } catch (thrown) {
      onFailure(thrown);
    } finally {
      this.store.setState({ opening: false });
    }
  }

  async close(terminal: TerminalId): Promise<void> {
    this.store.setState(({ terminals }) => ({ terminals: terminals.filter((one) => one.id !== terminal) }));
    try {
      await this.#options.client.terminal.close({ terminal });
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
    this.#options.onEnded();
  }

  exited(terminal: TerminalId, exitCode: number): void {
    this.store.setState(({ terminals }) => ({
      terminals: terminals.map((one) => (one.id === terminal ? { ...one, state: 'exited', exitCode } : one)),
    }));
    this.#options.onEnded();
  }

  /** A terminal fell silent: a command in it may have ended. */
  quiet(): void {
    this.#options.onEnded();
  }
}
