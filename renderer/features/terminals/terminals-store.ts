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

export type TerminalsStore = ReturnType<typeof createTerminalsStore>;

/** The terminals of one session. */
export function createTerminalsStore({ client, session, onFailure, onEnded }: TerminalsStoreOptions) {
  const store = createStore<TerminalsState>(() => ({ loaded: false, opening: false, terminals: [] }));

  return {
    store,
    /** Those that are there already, also from before a restart of the app. */
    async load(): Promise<void> {
      try {
        const { terminals } = await client.terminal.list({ session });
        store.setState({ terminals, loaded: true });
      } catch (thrown) {
        onFailure(thrown);
      }
    },
    async open(): Promise<Terminal | undefined> {
      store.setState({ opening: true });
      try {
        const terminal = await client.terminal.open({ session, ...FIRST_SIZE });
        store.setState(({ terminals }) => ({ terminals: [...terminals, terminal] }));
        return terminal;
      } catch (thrown) {
        onFailure(thrown);
        return undefined;
      } finally {
        store.setState({ opening: false });
      }
    },
    async close(terminal: TerminalId): Promise<void> {
      store.setState(({ terminals }) => ({ terminals: terminals.filter((one) => one.id !== terminal) }));
      try {
        await client.terminal.close({ terminal });
      } catch (thrown) {
        onFailure(thrown);
      }
      onEnded();
    },
    /** A command in one of them may have ended. */
    quiet: onEnded,
    exited(terminal: TerminalId, exitCode: number): void {
      store.setState(({ terminals }) => ({
        terminals: terminals.map((one) => (one.id === terminal ? { ...one, state: 'exited', exitCode } : one)),
      }));
      onEnded();
    },
  };
}
