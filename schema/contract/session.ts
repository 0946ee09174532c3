import Type, { type Static } from 'typebox';
import { CaveName } from '../cave.ts';
import { Phase, ProfileName, Sandbox, Session, SessionId, WorkspacePath } from '../entities.ts';
import { RelativePath } from '../relative-path.ts';
import { area, call, stream, SESSION_KEYS } from './contract.ts';

const one = Type.Object({ session: SessionId });

/** The state of every session and its sandbox, again whenever one changes; the first event comes at once. */
export const SessionEvent = Type.Object({
  sessions: Type.Array(Session),
  sandboxes: Type.Array(Sandbox),
});
export type SessionEvent = Static<typeof SessionEvent>;

export const SESSION_FAULTS = [
  'engine_unavailable',
  'engine_forbidden',
  'image_missing',
  'workspace_invalid',
  'profile_unknown',
  'cave_invalid',
  'cave_unknown',
  'sandbox_failed',
  'limit_reached',
  'disk_full',
] as const;

export const session = area('session', {
  create: call({
    about: 'Start a session: a sandbox with a copy-on-write view of a workspace',
    effect: 'write',
    input: Type.Object({
      workspace: WorkspacePath,
      profile: Type.Optional(ProfileName),
      sandbox: Type.Optional(CaveName),
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
    }),
    output: Session,
    faults: SESSION_FAULTS,
  }),
  list: call({
    about: 'List the sessions, the newest first',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ sessions: Type.Array(Session) }),
    faults: [],
  }),
  get: call({
    about: 'Show one session with its sandbox and how long each phase of its start took',
    effect: 'read',
    keys: SESSION_KEYS,
    always: true,
    input: one,
    output: Type.Object({ session: Session, sandbox: Type.Union([Sandbox, Type.Null()]), phases: Type.Array(Phase) }),
    faults: [],
  }),
  stop: call({
    about: 'Stop a session: its sandbox ends, its changes stay',
    effect: 'write',
    keys: ['namespace'],
    always: true,
    input: one,
    output: Session,
    faults: [],
  }),
  resume: call({
    about: 'Start the sandbox of a stopped session again, with its changes',
    effect: 'write',
    keys: ['namespace'],
    input: one,
    output: Session,
    faults: SESSION_FAULTS,
  }),
  openFile: call({
    about: 'Open a copy of a file as the session sees it, read-only, in your editor',
    effect: 'write',
    input: Type.Object({
      session: SessionId,
      path: RelativePath,
      line: Type.Optional(Type.Integer({ minimum: 1, description: 'Shown, where the editor can be told of it' })),
      column: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    output: Type.Object({ file: Type.String({ description: 'The copy' }) }),
    faults: ['editor_missing', 'not_a_file', 'too_large'],
  }),
  openFolder: call({
    about:
      'Open a copy of a folder as the session sees it, read-only and kept up to date while it runs, in your editor',
    effect: 'write',
    input: Type.Object({
      session: SessionId,
      path: Type.Optional(RelativePath),
    }),
    output: Type.Object({
      folder: Type.String({ description: 'The copy' }),
      files: Type.Integer(),
      leftOut: Type.Integer({ description: 'Files and links that are not copied' }),
    }),
    faults: ['editor_missing', 'not_a_folder', 'too_large'],
  }),
  remove: call({
    about: 'Remove a session with everything it left on the disk; changes that were not merged are lost',
    effect: 'write',
    irreversible: true,
    keys: ['namespace'],
    always: true,
    input: one,
    output: Type.Object({ removed: SessionId }),
    faults: [],
  }),
  watch: stream({
    about: 'Follow the sessions and their sandboxes',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: SessionEvent,
    faults: [],
  }),
});
