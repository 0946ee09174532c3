import { createStore } from 'zustand/vanilla';
import type { SessionId } from '../../schema/entities.ts';

interface ActivityState {
  /** Counts, by session, what ended that may have changed files. */
  readonly ended: Readonly<Record<SessionId, number>>;
}

/** How one feature tells the others that a session's files may have changed, without knowing them. */
export class ActivityStore {
  readonly store = createStore<ActivityState>(() => ({ ended: {} }));

  touch(session: SessionId): void {
    this.store.setState(({ ended }) => ({ ended: { ...ended, [session]: (ended[session] ?? 0) + 1 } }));
  }
}
