import { diff3Merge } from 'node-diff3';
import type { ConflictPiece, DiffSide } from '../../../schema/contract/changes.ts';
import { linesOf, THREE_WAY_LIMIT_BYTES } from './three-way.ts';

/** The three sides of a path that the session and the operator both changed. */
export interface ConflictView {
  readonly base: DiffSide;
  readonly workspace: DiffSide;
  readonly session: DiffSide;
  readonly workspaceSha256: string | null;
  readonly sessionSha256: string | null;
  /** Absent where it is not a text on all sides. */
  readonly pieces?: ConflictPiece[];
}

export interface ThreeTexts {
  readonly base: string;
  readonly workspace: string;
  readonly session: string;
}

/** What both sides agree on, and what they do not, in the order of the text; undefined where they are too long. */
export function conflictPieces({ base, workspace, session }: ThreeTexts): ConflictPiece[] | undefined {
  if ([workspace, base, session].some((text) => text.length > THREE_WAY_LIMIT_BYTES)) return undefined;
  return diff3Merge(linesOf(workspace), linesOf(base), linesOf(session), { excludeFalseConflicts: true }).map(
    (region): ConflictPiece => {
      if (region.ok !== undefined) return { kind: 'agreed', text: region.ok.join('') };
      const { a = [], o = [], b = [] } = region.conflict ?? {};
      return { kind: 'conflict', workspace: a.join(''), base: o.join(''), session: b.join('') };
    },
  );
}
