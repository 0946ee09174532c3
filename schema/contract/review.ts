import Type, { type Static } from 'typebox';
import { CommentId, SessionId, TerminalId, TimeMs } from '../entities.ts';
import { RelativePath } from '../relative-path.ts';
import { area, call } from './contract.ts';

/** `count` lines from line `start` on, which is 0 for the first. With no lines: the place before `start`. */
export const LineRange = Type.Object({
  start: Type.Integer({ minimum: 0 }),
  count: Type.Integer({ minimum: 0 }),
});
export type LineRange = Static<typeof LineRange>;

const sha256 = Type.Union([Type.String({ pattern: '^[0-9a-f]{64}$' }), Type.Null()]);

/** What becomes of the lines `before`: they are replaced by the lines `after`, by `text`, or stay. */
export const HunkReview = Type.Object({
  before: LineRange,
  after: LineRange,
  verdict: Type.Union([Type.Literal('accepted'), Type.Literal('rejected'), Type.Literal('edited')]),
  /** With `edited`: whole lines, in place of the session's. */
  text: Type.Optional(Type.String()),
});
export type HunkReview = Static<typeof HunkReview>;

/**
 * What the operator decided about one change. `hunks`: some lines of it; what no hunk names stays as it was before.
 * `edited`: `text` takes the place of the session's, also to solve a conflict. Whose content is another at the merge
 * than was looked at is not merged.
 */
export const FileReview = Type.Object({
  path: RelativePath,
  verdict: Type.Union([
    Type.Literal('undecided'),
    Type.Literal('accepted'),
    Type.Literal('rejected'),
    Type.Literal('hunks'),
    Type.Literal('edited'),
  ]),
  /** Of the session's content that was looked at; null for a deletion. */
  sha256,
  /** For a conflict: of the workspace's content that it was solved against; `accepted` then takes the session's whole. */
  workspaceSha256: Type.Optional(sha256),
  hunks: Type.Optional(Type.Array(HunkReview)),
  /** Of the content before, in which `hunks` count lines; filled in when it is absent. */
  baseSha256: Type.Optional(sha256),
  text: Type.Optional(Type.String()),
});
export type FileReview = Static<typeof FileReview>;

export const CommentSide = Type.Union([Type.Literal('before'), Type.Literal('after')]);

export const Comment = Type.Object({
  id: CommentId,
  path: RelativePath,
  side: CommentSide,
  /** 1 for the first. */
  line: Type.Integer({ minimum: 1 }),
  /** The line as it was when it was commented on. */
  quote: Type.Optional(Type.String({ maxLength: 500 })),
  text: Type.String({ minLength: 1, maxLength: 20_000 }),
  at: TimeMs,
  sentAt: Type.Optional(TimeMs),
  /** The terminal it was written to; absent when it waits for whoever asks for the comments. */
  terminal: Type.Optional(TerminalId),
});
export type Comment = Static<typeof Comment>;

export const Review = Type.Object({
  files: Type.Array(FileReview),
  comments: Type.Array(Comment),
  /** Whatever the window wants to find again: the file and the line one was at. */
  place: Type.Optional(Type.Unknown()),
});
export type Review = Static<typeof Review>;

const ofSession = { session: SessionId };

/** What is approved or rejected as a whole: the changes of these paths, or all of them. */
const wholeChanges = Type.Object({
  ...ofSession,
  paths: Type.Optional(
    Type.Array(RelativePath, {
      maxItems: 100_000,
      description: 'If absent: all; but what is ignored, looks like a secret or conflicts is approved only by name',
    }),
  ),
});
const decidedPaths = Type.Object({ paths: Type.Array(RelativePath, { description: 'What was decided about' }) });

export const review = area('review', {
  get: call({
    about: 'Read what was decided about the changes of a session, with the comments',
    effect: 'read',
    always: true,
    input: Type.Object(ofSession),
    output: Review,
    faults: [],
  }),
  decide: call({
    about: 'Keep what was decided about files of a session; `undecided` takes it back',
    effect: 'write',
    always: true,
    input: Type.Object({ ...ofSession, files: Type.Array(FileReview, { maxItems: 100_000 }) }),
    output: Type.Object({ kept: Type.Integer() }),
    faults: ['review_invalid', 'disk_full'],
  }),
  approve: call({
    about: 'Approve changes of a session as they are now, for a merge of what was reviewed',
    effect: 'write',
    always: true,
    http: { method: 'POST', path: '/sandboxes/{session}/changes/approve' },
    input: wholeChanges,
    output: decidedPaths,
    faults: ['workspace_invalid', 'disk_full'],
  }),
  reject: call({
    about: 'Reject changes of a session as they are now: a merge of what was reviewed leaves them',
    effect: 'write',
    always: true,
    http: { method: 'POST', path: '/sandboxes/{session}/changes/reject' },
    input: wholeChanges,
    output: decidedPaths,
    faults: ['workspace_invalid', 'disk_full'],
  }),
  clear: call({
    about: 'Take back everything that was decided about the changes of a session; comments stay',
    effect: 'write',
    irreversible: true,
    always: true,
    input: Type.Object(ofSession),
    output: Type.Object({ cleared: Type.Integer() }),
    faults: ['disk_full'],
  }),
  remember: call({
    about: 'Remember where in the review one was',
    effect: 'write',
    always: true,
    record: 'parent',
    input: Type.Object({ ...ofSession, place: Type.Unknown() }),
    output: Type.Object({}),
    faults: ['disk_full'],
  }),
  comment: call({
    about: 'Write a comment on a line of a change; with `id`, another text for one that is there',
    effect: 'write',
    input: Type.Object({
      ...ofSession,
      id: Type.Optional(CommentId),
      path: RelativePath,
      side: CommentSide,
      line: Type.Integer({ minimum: 1 }),
      quote: Type.Optional(Type.String({ maxLength: 500 })),
      text: Type.String({ minLength: 1, maxLength: 20_000 }),
    }),
    output: Comment,
    faults: ['disk_full'],
  }),
  uncomment: call({
    about: 'Remove a comment',
    effect: 'write',
    input: Type.Object({ ...ofSession, id: CommentId }),
    output: Type.Object({ removed: CommentId }),
    faults: ['disk_full'],
  }),
  send: call({
    about: 'Send comments back to whoever made the changes: into a terminal of the session, or to be asked for',
    effect: 'write',
    input: Type.Object({
      ...ofSession,
      /** Those that were not sent yet if absent. */
      comments: Type.Optional(Type.Array(CommentId)),
      /** Absent: they wait until a caller asks with `review.comments`. */
      terminal: Type.Optional(TerminalId),
    }),
    output: Type.Object({ sent: Type.Array(CommentId), text: Type.String() }),
    faults: ['terminal_exited', 'disconnected', 'disk_full'],
  }),
  comments: call({
    about: 'Read the comments that the operator sent to whoever made the changes',
    effect: 'read',
    input: Type.Object(ofSession),
    output: Type.Object({ comments: Type.Array(Comment) }),
    faults: [],
  }),
});
