import { createStore } from 'zustand/vanilla';
import type { TerminalRecording } from '../../../schema/contract/terminal-recording.ts';
import type { SessionId, Terminal, TerminalId } from '../../../schema/entities.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { TerminalInput } from './input/terminal-input.ts';
import { isAnswer } from './input/terminal-keys.ts';

interface TerminalsState {
  readonly loaded: boolean;
  readonly opening: boolean;
  readonly terminals: readonly Terminal[];
  /** Whether what is typed into one goes to all of them. */
  readonly input: 'one' | 'all';
  readonly recorded: ReadonlySet<TerminalId>;
  /** Those that rang their bell while nobody saw them. */
  readonly rang: ReadonlySet<TerminalId>;
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
  readonly store = createStore<TerminalsState>(() => ({
    loaded: false,
    opening: false,
    terminals: [],
    input: 'one',
    recorded: new Set(),
    rang: new Set(),
  }));
  readonly #options: TerminalsStoreOptions;
  readonly #inputs = new Map<TerminalId, TerminalInput>();

  constructor(options: TerminalsStoreOptions) {
    this.#options = options;
  }

  get session(): SessionId {
    return this.#options.session;
  }

  /** Those that are there already, also from before a restart of the app. */
  async load(): Promise<void> {
    const { client, session, onFailure } = this.#options;
    try {
      const { terminals } = await client.terminal.list({ session });
      this.store.setState({ terminals, loaded: true });
      await this.#findRecorded();
    } catch (thrown) {
      onFailure(thrown);
    }
  }

  async #findRecorded(): Promise<void> {
    try {
      const { recordings } = await this.#options.client.terminal.recordings({});
      const running = recordings.filter(({ state }) => state === 'recording');
      this.store.setState({ recorded: new Set(running.map(({ terminal }) => terminal)) });
    } catch {
      // A policy of an earlier version does not know of them: nothing is recorded then.
    }
  }

  /** Undefined where it could not be opened, which is told. */
  async open(): Promise<Terminal | undefined> {
    const { client, session, onFailure } = this.#options;
    this.store.setState({ opening: true });
    try {
      const terminal = await client.terminal.open({ session, ...FIRST_SIZE });
      this.store.setState(({ terminals }) => ({ terminals: [...terminals, terminal] }));
      return terminal;
    } catch (thrown) {
      onFailure(thrown);
      return undefined;
    } finally {
      this.store.setState({ opening: false });
    }
  }

  async close(terminal: TerminalId): Promise<void> {
    this.store.setState(({ terminals }) => ({ terminals: terminals.filter((one) => one.id !== terminal) }));
    this.#inputs.delete(terminal);
    this.seen(terminal);
    try {
      await this.#options.client.terminal.close({ terminal });
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
    this.#options.onEnded();
  }

  /** Types into a terminal, and into all that are open where that was chosen. */
  type(terminal: TerminalId, text: string): void {
    const { input, terminals } = this.store.getState();
    if (input === 'one' || isAnswer(text)) return this.#inputOf(terminal).type(text);
    for (const { id, state } of terminals) if (state === 'open') this.#inputOf(id).type(text);
  }

  toggleInput(): void {
    this.store.setState(({ input }) => ({ input: input === 'one' ? 'all' : 'one' }));
  }

  async record(terminal: TerminalId): Promise<void> {
    try {
      await this.#options.client.terminal.record({ terminal });
      this.#setRecorded(terminal, 'recorded');
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }

  /** Gives what was recorded; undefined where nothing was, or it could not be ended, which is told. */
  async endRecording(terminal: TerminalId): Promise<TerminalRecording | undefined> {
    this.#setRecorded(terminal, 'not');
    try {
      return await this.#options.client.terminal.endRecording({ terminal });
    } catch (thrown) {
      this.#options.onFailure(thrown);
      return undefined;
    }
  }

  exited(terminal: TerminalId, exitCode: number): void {
    this.store.setState(({ terminals }) => ({
      terminals: terminals.map((one) => (one.id === terminal ? { ...one, state: 'exited', exitCode } : one)),
    }));
    this.#setRecorded(terminal, 'not');
    this.#options.onEnded();
  }

  /** A terminal fell silent: a command in it may have ended. */
  quiet(): void {
    this.#options.onEnded();
  }

  /** It rang its bell out of sight. */
  ring(terminal: TerminalId): void {
    this.store.setState(({ rang }) => (rang.has(terminal) ? {} : { rang: new Set([...rang, terminal]) }));
  }

  /** It is looked at. */
  seen(terminal: TerminalId): void {
    this.store.setState(({ rang }) => (rang.has(terminal) ? { rang: without(rang, terminal) } : {}));
  }

  #setRecorded(terminal: TerminalId, state: 'recorded' | 'not'): void {
    this.store.setState(({ recorded }) => {
      const others = without(recorded, terminal);
      return { recorded: state === 'recorded' ? others.add(terminal) : others };
    });
  }

  #inputOf(terminal: TerminalId): TerminalInput {
    const known = this.#inputs.get(terminal);
    if (known !== undefined) return known;
    const made = new TerminalInput((text) => this.#options.client.terminal.write({ terminal, text }));
    this.#inputs.set(terminal, made);
    return made;
  }
}

function without(terminals: ReadonlySet<TerminalId>, terminal: TerminalId): Set<TerminalId> {
  return new Set([...terminals].filter((one) => one !== terminal));
}
