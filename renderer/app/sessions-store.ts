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

export type SessionsStore = ReturnType<typeof createSessionsStore>;

/** Every session with its sandbox, and which one the window shows. */
export function createSessionsStore({ client, onFailure, onOpened }: SessionsStoreOptions) {
  const store = createStore<SessionsState>(() => ({
    loaded: false,
    sessions: [],
    sandboxes: [],
    selected: undefined,
    opening: undefined,
    kernelFailure: undefined,
    openFailure: undefined,
  }));
  /** The sessions there were when a folder was asked for: the one that is not among them is the answer. */
  let knownBefore: ReadonlySet<SessionId> = new Set();

  const receive = (event: SessionEvent): void => {
    const { selected, opening } = store.getState();
    const opened = opening === undefined ? undefined : event.sessions.find((session) => !knownBefore.has(session.id));
    const stillThere = event.sessions.some((session) => session.id === selected);
    store.setState({
      loaded: true,
      sessions: event.sessions,
      sandboxes: event.sandboxes,
      selected: opened?.id ?? (stillThere ? selected : undefined),
      ...(opened ? { opening: undefined } : {}),
    });
  };

  const attempt = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
    } catch (thrown) {
      onFailure(thrown);
    }
  };

  return {
    store,
    follow: (signal: AbortSignal): Promise<void> =>
      follow({
        open: (inner) => client.session.watch({}, { signal: inner }),
        onEvent: receive,
        onFailure: (kernelFailure, next) => (next === 'final' ? store.setState({ kernelFailure }) : undefined),
        signal,
      }),
    select: (selected: SessionId | undefined): void => store.setState({ selected, openFailure: undefined }),
    clearOpenFailure: (): void => store.setState({ openFailure: undefined }),

    /** Starts a session on a folder. It is shown as soon as it is listed, while it still starts. */
    async create(workspace: string): Promise<void> {
      knownBefore = new Set(store.getState().sessions.map((session) => session.id));
      store.setState({ opening: workspace, openFailure: undefined });
      try {
        const session = await client.session.create({ workspace });
        store.setState({ opening: undefined, selected: session.id });
        onOpened(session);
      } catch (thrown) {
        // A session that is listed says itself why it failed.
        const isListed = store.getState().opening === undefined;
        store.setState({ opening: undefined, ...(isListed ? {} : { openFailure: failureOf(thrown) }) });
      }
    },
    stop: (session: SessionId): Promise<void> => attempt(() => client.session.stop({ session })),
    /** A failure is shown by the session itself. */
    resume: (session: SessionId): Promise<void> => client.session.resume({ session }).then(noop, noop),
    remove: (session: SessionId): Promise<void> => attempt(() => client.session.remove({ session })),
  };
}

function noop(): void {}

/** The newest sandbox of a session. */
export function sandboxOf(sandboxes: readonly Sandbox[], session: SessionId): Sandbox | undefined {
  return sandboxes
    .filter((sandbox) => sandbox.session === session)
    .reduce<Sandbox | undefined>(
      (newest, one) => (newest && newest.createdAt >= one.createdAt ? newest : one),
      undefined,
    );
}
