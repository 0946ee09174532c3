import type { Handlers } from '../../../../schema/contract/contract.ts';
import type { snapshot as snapshotArea } from '../../../../schema/contract/snapshot.ts';
import type { Session, SessionId } from '../../../../schema/entities.ts';
import type { SessionLayer } from '../../sandboxes/session-layer.ts';
import type { CallContext } from '../../dispatch/context.ts';
import type { SessionViews } from '../session/session-views.ts';
import type { Snapshots } from './snapshots.ts';

/** A session that begins with what another one wrote. */
export interface Branch {
  readonly workspace: string;
  readonly profile?: string | undefined;
  readonly name: string;
  readonly signal: AbortSignal;
  /** Makes the layer of the new session before it starts. */
  readonly seed: (session: SessionId) => Promise<SessionLayer>;
}

export interface SnapshotHandlersOptions {
  readonly snapshots: Snapshots;
  readonly views: SessionViews;
  readonly startSession: (branch: Branch) => Promise<Session>;
  /** Throws `not_found`. */
  readonly sessionOf: (session: SessionId) => Session;
}

export function snapshotHandlers(options: SnapshotHandlersOptions): Handlers<typeof snapshotArea, CallContext> {
  const { snapshots, views, startSession, sessionOf } = options;
  return {
    create: async ({ session, name }, { note }) => {
      sessionOf(session);
      const made = await snapshots.create(views, session, name);
      note({ session, data: { snapshot: made.id, name } });
      return made;
    },
    list: async ({ session }) => {
      sessionOf(session);
      return { snapshots: await snapshots.list(session) };
    },
    restore: async ({ session, snapshot }, { note }) => {
      sessionOf(session);
      note({ session, data: { snapshot } });
      return snapshots.restore(views, session, snapshot);
    },
    branch: async ({ session, snapshot, name, profile }, { signal, note }) => {
      const from = sessionOf(session);
      const kept = await snapshots.get(session, snapshot);
      const branched = await startSession({
        workspace: from.workspace,
        profile: profile ?? from.profile,
        name: name ?? Array.from(`${from.name}: ${kept.name}`).slice(0, 80).join(''),
        signal,
        seed: (to) => snapshots.seed({ session, snapshot }, to),
      });
      note({ session, data: { snapshot, branch: branched.id } });
      return branched;
    },
    remove: async ({ session, snapshot }, { note }) => {
      sessionOf(session);
      await snapshots.remove(session, snapshot);
      note({ session, data: { snapshot } });
      return { removed: snapshot };
    },
  };
}
