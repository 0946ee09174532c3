import { createStore } from 'zustand/vanilla';
import type { Failure, Sandbox, Session, SessionId } from '../../schema/entities.ts';
import type { SessionEvent } from '../../schema/contract/session.ts';
import { failureOf } from './failure.ts';
import { follow } from './follow.ts';
import type { KernelClient } from './kernel-client.ts';

interface SessionsState {
  readonly loaded: boolean;
  readonly sessions: readonly Session[];
  readonly sandboxes: readonly Sandbox[];
  readonly selected: SessionId | undefined;
  /** The folder of a session that was asked for and is not listed yet. */
  readonly opening: string | undefined;
  /** Why there is no kernel to talk to. */
  readonly kernelFailure: Failure | undefined;
  /** Why no session could be made of a folder. */
  readonly openFailure: Failure | undefined;
}

export interface SessionsStoreOptions {
  readonly client: Pick<KernelClient, 'session'>;
  readonly onFailure: (thrown: unknown) => void;
  readonly onOpened: (session: Session) => void;
}

/** Every session with its sandbox, and which one the window shows. */
export class SessionsStore {
  readonly store = createStore<SessionsState>(() => ({
    loaded: false,
    sessions: [],
    sandboxes: [],
    selected: undefined,
    opening: undefined,
    kernelFailure: undefined,
    openFailure: undefined,
  }));
  readonly #options: SessionsStoreOptions;
  /** The sessions there were when a folder was asked for: the one that is not among them is the answer. */
  #knownBefore: ReadonlySet<SessionId> = new Set();

  constructor(options: SessionsStoreOptions) {
    this.#options = options;
  }

  follow(signal: AbortSignal): Promise<void> {
    return follow({
      open: (inner) => this.#options.client.session.watch({}, { signal: inner }),
      onEvent: (event) => this.#receive(event),
      onFailure: (kernelFailure, next) => (next === 'final' ? this.store.setState({ kernelFailure }) : undefined),
      signal,
    });
  }

  select(selected: SessionId | undefined): void {
    this.store.setState({ selected, openFailure: undefined });
  }

  clearOpenFailure(): void {
    this.store.setState({ openFailure: undefined });
  }

  /** Starts a session on a folder, or one of the sandboxes that its cave.yaml names. It is shown as soon as it is listed, while it still starts. */
  async create(workspace: string, named: { readonly sandbox?: string } = {}): Promise<void> {
    this.#knownBefore = new Set(this.store.getState().sessions.map((session) => session.id));
    this.store.setState({ opening: workspace, openFailure: undefined });
    try {
      const session = await this.#options.client.session.create({ workspace, ...named });
      this.store.setState({ opening: undefined, selected: session.id });
      this.#options.onOpened(session);
    } catch (thrown) {
      // A session that is listed says itself why it failed.
      const isListed = this.store.getState().opening === undefined;
      this.store.setState({ opening: undefined, ...(isListed ? {} : { openFailure: failureOf(thrown) }) });
    }
  }

  stop(session: SessionId): Promise<void> {
    return this.#attempt(() => this.#options.client.session.stop({ session }));
  }

  /** A failure is shown by the session itself. */
  async resume(session: SessionId): Promise<void> {
    await this.#options.client.session.resume({ session }).catch(() => undefined);
  }

  remove(session: SessionId): Promise<void> {
    return this.#attempt(() => this.#options.client.session.remove({ session }));
  }

  #receive({ sessions, sandboxes }: SessionEvent): void {
    const { selected, opening } = this.store.getState();
    const opened = opening === undefined ? undefined : sessions.find((session) => !this.#knownBefore.has(session.id));
    const isStillThere = sessions.some((session) => session.id === selected);
    this.store.setState({
      loaded: true,
      sessions,
      sandboxes,
      selected: opened?.id ?? (isStillThere ? selected : undefined),
      ...(opened ? { opening: undefined } : {}),
    });
  }

  async #attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }
}

/** The newest sandbox of a session. */
export function sandboxOf(sandboxes: readonly Sandbox[], session: SessionId): Sandbox | undefined {
  return sandboxes
    .filter((sandbox) => sandbox.session === session)
    .reduce<Sandbox | undefined>(
      (newest, one) => (newest && newest.createdAt >= one.createdAt ? newest : one),
      undefined,
    );
}
