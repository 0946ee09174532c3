import type { ConflictPiece, DiffSide } from '../../../../schema/contract/changes.ts';
import { THREE_WAY_LIMIT_BYTES, mergePieces } from './three-way.ts';

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
  const sides = { base: Buffer.from(base), ours: Buffer.from(workspace), theirs: Buffer.from(session) };
  if (Object.values(sides).some((bytes) => bytes.length > THREE_WAY_LIMIT_BYTES)) return undefined;
  return mergePieces(sides).flatMap((piece): ConflictPiece[] => {
    if (!('agreed' in piece)) {
      const [old, ours, theirs] = [piece.base, piece.ours, piece.theirs].map(String);
      return [{ kind: 'conflict', base: old ?? '', workspace: ours ?? '', session: theirs ?? '' }];
    }
    return piece.agreed.length === 0 ? [] : [{ kind: 'agreed', text: piece.agreed.toString() }];
  });
}
