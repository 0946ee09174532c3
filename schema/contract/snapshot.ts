import Type, { type Static } from 'typebox';
import { ProfileName, Session, SessionId, SnapshotId, TimeMs, WorkspacePath } from '../entities.ts';
import { area, call } from './contract.ts';
import { SESSION_FAULTS } from './session.ts';

/** A session's layer as it was at a moment, under a name. */
export const Snapshot = Type.Object({
  id: SnapshotId,
  session: SessionId,
  name: Type.String(),
  workspace: WorkspacePath,
  at: TimeMs,
  sizeBytes: Type.Integer({ minimum: 0 }),
  /** True when the session was at work while it was made: files that were being written may be older or newer than the rest. */
  running: Type.Boolean(),
});
export type Snapshot = Static<typeof Snapshot>;

const one = Type.Object({ session: SessionId, snapshot: SnapshotId });

export const snapshot = area('snapshot', {
  create: call({
    about: 'Keep the changes of a session as they are now, under a name',
    effect: 'write',
    input: Type.Object({ session: SessionId, name: Type.String({ minLength: 1, maxLength: 80 }) }),
    output: Snapshot,
    faults: ['disk_full'],
  }),
  list: call({
    about: 'List the snapshots of a session, the newest first',
    effect: 'read',
    always: true,
    input: Type.Object({ session: SessionId }),
    output: Type.Object({ snapshots: Type.Array(Snapshot) }),
    faults: [],
  }),
  restore: call({
    about: 'Make the changes of a stopped session what they were in a snapshot',
    effect: 'write',
    irreversible: true,
    input: one,
    output: Snapshot,
    faults: ['session_running', 'disk_full'],
  }),
  branch: call({
    about: 'Start a second session from a snapshot',
    effect: 'write',
    input: Type.Object({
      session: SessionId,
      snapshot: SnapshotId,
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
      profile: Type.Optional(ProfileName),
    }),
    output: Session,
    faults: SESSION_FAULTS,
  }),
  remove: call({
    about: 'Remove a snapshot',
    effect: 'write',
    irreversible: true,
    always: true,
    input: one,
    output: Type.Object({ removed: SnapshotId }),
    faults: [],
  }),
});
