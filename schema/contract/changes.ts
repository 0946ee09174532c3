import Type, { type Static } from 'typebox';
import { ActId, Change, RelativePath, SessionId } from '../entities.ts';
import { area, call } from './contract.ts';

/** One side of a difference. Text up to 8 MiB comes whole; anything else by size and digest. */
export const DiffSide = Type.Union([
  Type.Object({ kind: Type.Literal('absent') }),
  Type.Object({ kind: Type.Literal('text'), text: Type.String(), sizeBytes: Type.Integer(), mode: Type.String() }),
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

const MERGE_FAULTS = ['workspace_invalid', 'disk_full', 'merge_busy', 'nothing_to_undo'] as const;

export const changes = area('changes', {
  list: call({
    about: 'List what a session changed in its workspace',
    effect: 'read',
    always: true,
    input: Type.Object({ session: SessionId }),
    output: Type.Object({ changes: Type.Array(Change) }),
    faults: ['workspace_invalid'],
  }),
  diff: call({
    about: 'Show one changed file before and after, and what the operator has now where that differs',
    effect: 'read',
    always: true,
    input: Type.Object({ session: SessionId, path: RelativePath }),
    output: Type.Object({ change: Change, before: DiffSide, after: DiffSide, current: Type.Optional(DiffSide) }),
    faults: [],
  }),
  discard: call({
    about: 'Throw changes away: those named, or all',
    effect: 'write',
    always: true,
    input: Type.Object({ session: SessionId, paths: Type.Optional(Type.Array(RelativePath)) }),
    output: Type.Object({ discarded: Type.Array(RelativePath) }),
    faults: ['session_running'],
  }),
  export: call({
    about: 'Give the changes as a patch that git applies',
    effect: 'read',
    input: Type.Object({ session: SessionId, paths: Type.Optional(Type.Array(RelativePath)) }),
    output: Type.Object({ patch: Type.String(), left: Type.Array(RelativePath) }),
    faults: [],
  }),
});

export const merge = area('merge', {
  apply: call({
    about: 'Bring changes back into the workspace: those named, or all but ignored and secret-looking ones',
    effect: 'grant',
    records: { before: 'merge_intended', after: 'merge_finished' },
    input: Type.Object({
      session: SessionId,
      paths: Type.Optional(Type.Array(RelativePath)),
      dryRun: Type.Optional(Type.Boolean()),
    }),
    output: MergeReport,
    faults: MERGE_FAULTS,
  }),
  undo: call({
    about: 'Restore the workspace as it was before the last merge of a session',
    effect: 'grant',
    records: { before: 'merge_intended', after: 'merge_undone' },
    input: Type.Object({ session: SessionId }),
    output: Type.Object({ restored: Type.Array(RelativePath), refused: Type.Array(refused) }),
    faults: MERGE_FAULTS,
  }),
});
