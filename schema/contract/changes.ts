import Type, { type Static } from 'typebox';
import { Decision } from '../policy.ts';
import { ActId, Change, SessionId, SnapshotId, TimeMs, WorkspacePath } from '../entities.ts';
import { RelativePath } from '../relative-path.ts';
import { AutomaticMerge } from './automatic-merge.ts';
import { area, call, stream, SESSION_KEYS } from './contract.ts';
import { LineRange } from './review.ts';

/** How a text is written. Each begins with a byte order mark where `bom` says so; UTF-16 always does. */
export const TextEncoding = Type.Union([
  Type.Literal('utf-8'),
  Type.Literal('utf-16le'),
  Type.Literal('utf-16be'),
  Type.Literal('latin1'),
]);
export type TextEncoding = Static<typeof TextEncoding>;

/**
 * One side of a difference. Text up to 8 MiB comes whole, a longer one is read with `changes.read`; anything else by size
 * and digest. Line ends and a byte order mark are part of the text.
 */
export const DiffSide = Type.Union([
  Type.Object({ kind: Type.Literal('absent') }),
  Type.Object({
    kind: Type.Literal('text'),
    text: Type.String(),
    sizeBytes: Type.Integer(),
    mode: Type.String(),
    /** Absent for UTF-8. */
    encoding: Type.Optional(TextEncoding),
  }),
  Type.Object({
    kind: Type.Literal('long-text'),
    sizeBytes: Type.Integer(),
    sha256: Type.String(),
    mode: Type.String(),
    encoding: Type.Optional(TextEncoding),
  }),
  Type.Object({
    kind: Type.Literal('image'),
    base64: Type.String(),
    mediaType: Type.String(),
    sizeBytes: Type.Integer(),
    mode: Type.String(),
  }),
  Type.Object({ kind: Type.Literal('binary'), sizeBytes: Type.Integer(), sha256: Type.String(), mode: Type.String() }),
  Type.Object({ kind: Type.Literal('symlink'), target: Type.String(), mode: Type.String() }),
  Type.Object({ kind: Type.Literal('folder'), mode: Type.String() }),
]);
export type DiffSide = Static<typeof DiffSide>;

const refused = Type.Object({ path: RelativePath, reason: Type.String() });

export const MergeReport = Type.Object({
  act: Type.Optional(ActId),
  merged: Type.Array(RelativePath),
  conflicts: Type.Array(RelativePath),
  left: Type.Array(RelativePath),
  refused: Type.Array(refused),
});
export type MergeReport = Static<typeof MergeReport>;

/** Which state of a session is meant: as it is now, or as a snapshot kept it. */
const sessionState = { session: SessionId, snapshot: Type.Optional(SnapshotId) };
const paths = Type.Optional(Type.Array(RelativePath));

/** Everything at first, then what differs from what came before. */
export const ChangesEvent = Type.Object({
  first: Type.Boolean(),
  changes: Type.Array(Change),
  gone: Type.Array(RelativePath),
  /** There is more of the same look: the events up to the next one without it belong together. */
  more: Type.Optional(Type.Literal(true)),
});
export type ChangesEvent = Static<typeof ChangesEvent>;

/** `head` comes first; then the content, in pieces of at most 256 KiB. */
export const ReadEvent = Type.Union([
  Type.Object({
    type: Type.Literal('head'),
    sizeBytes: Type.Integer(),
    encoding: Type.Union([TextEncoding, Type.Literal('binary')]),
  }),
  Type.Object({ type: Type.Literal('text'), text: Type.String() }),
  Type.Object({ type: Type.Literal('bytes'), base64: Type.String() }),
]);
export type ReadEvent = Static<typeof ReadEvent>;

/** Lines that differ, with nothing unchanged among them. A line ends with LF, and with nothing else. */
export const Hunk = Type.Object({ before: LineRange, after: LineRange });
export type Hunk = Static<typeof Hunk>;

export const Person = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^<>\\n\\0]+$' }),
  email: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^<>\\s\\0]+$' }),
});
export type Person = Static<typeof Person>;

/** What a session started from is kept when its changes are read, which needs room on the disk. */
const READING_FAULTS = ['workspace_invalid', 'disk_full'] as const;
const MERGE_FAULTS = ['workspace_invalid', 'disk_full', 'merge_busy', 'merge_stale', 'nothing_to_undo'] as const;

export const changes = area('changes', {
  list: call({
    about: 'List what a session changed in its workspace',
    effect: 'read',
    http: { method: 'GET', path: '/sandboxes/{session}/changes' },
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object(sessionState),
    output: Type.Object({ changes: Type.Array(Change) }),
    faults: READING_FAULTS,
  }),
  watch: stream({
    about: 'Follow what a session changes while it works',
    effect: 'read',
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({ session: SessionId }),
    event: ChangesEvent,
    faults: READING_FAULTS,
  }),
  diff: call({
    about: 'Show one changed file before and after, and what the operator has now where that differs',
    effect: 'read',
    http: { method: 'GET', path: '/sandboxes/{session}/changes/diff' },
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({ ...sessionState, path: RelativePath }),
    output: Type.Object({ change: Change, before: DiffSide, after: DiffSide, current: Type.Optional(DiffSide) }),
    faults: READING_FAULTS,
  }),
  hunks: call({
    about: 'Find the lines in which a changed text differs from what it was, in a text of any length',
    effect: 'read',
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({ ...sessionState, path: RelativePath }),
    output: Type.Object({
      hunks: Type.Array(Hunk),
      beforeLines: Type.Integer(),
      afterLines: Type.Integer(),
      /** False where so much differs that the smallest difference was not looked for. */
      exact: Type.Boolean(),
    }),
    faults: [...READING_FAULTS, 'not_text'],
  }),
  read: stream({
    about: 'Read one side of a changed file, of any length',
    effect: 'read',
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({
      ...sessionState,
      path: RelativePath,
      side: Type.Union([Type.Literal('before'), Type.Literal('after'), Type.Literal('current')]),
      /** The bytes as they are, of a text too. */
      as: Type.Optional(Type.Literal('bytes')),
    }),
    event: ReadEvent,
    faults: [...READING_FAULTS, 'not_text'],
  }),
  compare: call({
    about: 'List the paths in which two states of sessions differ',
    effect: 'read',
    always: true,
    input: Type.Object({ ...sessionState, with: Type.Object(sessionState) }),
    output: Type.Object({ changes: Type.Array(Change) }),
    faults: READING_FAULTS,
  }),
  compareFile: call({
    about: 'Show one file in two states of sessions',
    effect: 'read',
    always: true,
    input: Type.Object({ ...sessionState, with: Type.Object(sessionState), path: RelativePath }),
    output: Type.Object({ before: DiffSide, after: DiffSide }),
    faults: READING_FAULTS,
  }),
  discard: call({
    about: 'Throw changes away: those named, or all',
    effect: 'write',
    irreversible: true,
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({ session: SessionId, paths: Type.Optional(Type.Array(RelativePath)) }),
    output: Type.Object({ discarded: Type.Array(RelativePath) }),
    faults: ['workspace_invalid', 'session_running'],
  }),
  export: call({
    about: 'Give the changes as a patch that git applies',
    effect: 'read',
    http: { method: 'POST', path: '/sandboxes/{session}/changes/export' },
    keys: SESSION_KEYS,
    input: Type.Object({ session: SessionId, paths, reviewed: Type.Optional(Type.Boolean()) }),
    output: Type.Object({ patch: Type.String(), left: Type.Array(RelativePath) }),
    faults: READING_FAULTS,
  }),
  commit: call({
    about: 'Give the changes as a git commit, a branch or a worktree of the workspace’s repository',
    effect: 'write',
    input: Type.Object({
      session: SessionId,
      paths,
      /** Takes what the review accepted, hunks and edits included. */
      reviewed: Type.Optional(Type.Boolean()),
      as: Type.Union([Type.Literal('commit'), Type.Literal('branch'), Type.Literal('worktree')]),
      /** Needed for a branch and a worktree. */
      branch: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      /** Where the worktree goes: a folder that is not there yet. */
      folder: Type.Optional(WorkspacePath),
      message: Type.String({ minLength: 1, maxLength: 65_536 }),
      /** The operator of the repository if absent. */
      author: Type.Optional(Person),
    }),
    output: Type.Object({
      commit: Type.String(),
      ref: Type.String(),
      folder: Type.Optional(WorkspacePath),
      committed: Type.Array(RelativePath),
      left: Type.Array(RelativePath),
    }),
    faults: [...READING_FAULTS, 'git_failed', 'folder_exists'],
  }),
});

/** A merge or an undo that the journal keeps. */
export const MergeEntry = Type.Object({
  id: Type.String(),
  kind: Type.Union([Type.Literal('merge'), Type.Literal('undo')]),
  session: SessionId,
  at: TimeMs,
  /** The folder that was written to. */
  folder: WorkspacePath,
  paths: Type.Array(RelativePath),
  /** The merge that an undo took back. */
  of: Type.Optional(Type.String()),
  undone: Type.Boolean(),
});
export type MergeEntry = Static<typeof MergeEntry>;

/** Pieces of a text that both sides changed, in order. Lines keep their ends. */
export const ConflictPiece = Type.Union([
  Type.Object({ kind: Type.Literal('agreed'), text: Type.String() }),
  Type.Object({
    kind: Type.Literal('conflict'),
    base: Type.String(),
    workspace: Type.String(),
    session: Type.String(),
  }),
]);
export type ConflictPiece = Static<typeof ConflictPiece>;

const MERGE_ID = Type.String({ pattern: '^[a-z0-9-]{1,80}$', description: 'A merge, as the history lists it' });

export const merge = area('merge', {
  apply: call({
    about: 'Bring changes back into the workspace: those named, or all but ignored and secret-looking ones',
    effect: 'grant',
    http: { method: 'POST', path: '/sandboxes/{session}/changes/merge' },
    keys: SESSION_KEYS,
    records: { before: 'merge_intended', after: 'merge_finished' },
    input: Type.Object({
      session: SessionId,
      paths,
      dryRun: Type.Optional(Type.Boolean()),
      /** Takes what the review says: accepted hunks, edits, solved conflicts. What was not decided on stays left. */
      reviewed: Type.Optional(Type.Boolean()),
      /** Another folder to bring the changes into, in place of the workspace. */
      into: Type.Optional(WorkspacePath),
    }),
    output: MergeReport,
    faults: MERGE_FAULTS,
  }),
  judge: call({
    about: 'Tell what a merge would do and what the policy says to it, without doing it',
    effect: 'read',
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({
      session: SessionId,
      paths,
      reviewed: Type.Optional(Type.Boolean()),
      into: Type.Optional(WorkspacePath),
    }),
    output: Type.Object({ report: MergeReport, decision: Decision, automatic: AutomaticMerge }),
    faults: MERGE_FAULTS,
  }),
  conflict: call({
    about: 'Show the three sides of a conflict and what of the text both sides agree on',
    effect: 'read',
    keys: SESSION_KEYS,
    always: true,
    input: Type.Object({ session: SessionId, path: RelativePath }),
    output: Type.Object({
      base: DiffSide,
      workspace: DiffSide,
      session: DiffSide,
      /** SHA-256 of what the workspace has there; a solution names it. */
      workspaceSha256: Type.Union([Type.String(), Type.Null()]),
      sessionSha256: Type.Union([Type.String(), Type.Null()]),
      /** Absent where it is not a text on all sides. */
      pieces: Type.Optional(Type.Array(ConflictPiece)),
    }),
    faults: READING_FAULTS,
  }),
  history: call({
    about: 'List the merges and undos that are kept, the newest first',
    effect: 'read',
    always: true,
    input: Type.Object({ session: Type.Optional(SessionId) }),
    output: Type.Object({ merges: Type.Array(MergeEntry) }),
    faults: [],
  }),
  commits: call({
    about: 'Bring the commits that were made inside a session into the repository, as refs/cavern/<session>/…',
    effect: 'grant',
    records: { before: 'merge_intended', after: 'merge_finished' },
    input: Type.Object({ session: SessionId }),
    output: Type.Object({
      refs: Type.Array(Type.Object({ ref: Type.String(), commit: Type.String(), subject: Type.String() })),
    }),
    faults: [...READING_FAULTS, 'git_failed'],
  }),
  undo: call({
    about: 'Restore the workspace as it was before the last merge of a session, or before one of its merges',
    effect: 'grant',
    records: { before: 'merge_intended', after: 'merge_undone' },
    input: Type.Object({ session: SessionId, merge: Type.Optional(MERGE_ID) }),
    output: Type.Object({ restored: Type.Array(RelativePath), refused: Type.Array(refused) }),
    faults: MERGE_FAULTS,
  }),
});
