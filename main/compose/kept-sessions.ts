import type { Session } from '../../schema/entities.ts';
import type { SessionsOptions } from '../kernel/sessions/sessions.ts';
import type { Collection } from '../platform/sqlite/collection.ts';
import type { Storage } from '../platform/sqlite/storage.ts';

/** Where sessions are kept; the end of one is a moment for a backup. */
export function keptSessionStore(kept: Collection<typeof Session>, storage: Storage): SessionsOptions['store'] {
  return {
    all: () => kept.all(),
    put(session) {
      kept.put(session.id, session);
      if (session.state === 'stopped') storage.backupSoon();
    },
    delete(id) {
      kept.delete(id);
      storage.backupSoon();
    },
  };
}
