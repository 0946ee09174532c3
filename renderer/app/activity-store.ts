import { createStore } from 'zustand/vanilla';
import type { SessionId } from '../../schema/entities.ts';

interface ActivityState {
  /** Counts, by session, what ended that may have changed files. */
  readonly ended: Readonly<Record<SessionId, number>>;
}

export type ActivityStore = ReturnType<typeof createActivityStore>;

/** How one feature tells the others that a session's files may have changed, without knowing them. */
export function createActivityStore() {
  const store = createStore<ActivityState>(() => ({ ended: {} }));
  return {
    store,
    touch: (session: SessionId): void =>
      store.setState(({ ended }) => ({ ended: { ...ended, [session]: (ended[session] ?? 0) + 1 } })),
  };
}
