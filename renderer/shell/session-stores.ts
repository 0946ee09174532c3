import type { SessionId } from '../../schema/entities.ts';
import type { Services } from '../app/services.tsx';
import { ChangesStore } from '../features/changes/changes-store.ts';
import { TerminalsStore } from '../features/terminals/terminals-store.ts';
import { ToolsStore } from '../features/tools/tools-store.ts';

/** What the window knows of one session; kept while others are shown, gone with the session. */
export interface SessionStores {
  readonly terminals: TerminalsStore;
  readonly tools: ToolsStore;
  readonly changes: ChangesStore;
}

export function createSessionStores(services: Services): (session: SessionId) => SessionStores {
  const { client, notices, activity, sessions } = services;
  const bySession = new Map<SessionId, SessionStores>();
  sessions.store.subscribe((state) => {
    const alive = new Set(state.sessions.map((session) => session.id));
    for (const id of bySession.keys()) if (!alive.has(id)) bySession.delete(id);
  });
  const make = (session: SessionId): SessionStores => {
    const onEnded = (): void => activity.touch(session);
    return {
      terminals: new TerminalsStore({ client, session, onFailure: notices.fail, onEnded }),
      tools: new ToolsStore({ client, session, now: () => Date.now(), onEnded }),
      changes: new ChangesStore({ client, session, onFailure: notices.fail }),
    };
  };
  return (session) => {
    const stores = bySession.get(session) ?? make(session);
    bySession.set(session, stores);
    return stores;
  };
}
