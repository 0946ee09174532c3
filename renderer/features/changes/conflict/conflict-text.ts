import type { Static } from 'typebox';
import type { ConflictPiece as ConflictPieceSchema } from '../../../../schema/contract/changes.ts';

export type ConflictPiece = Static<typeof ConflictPieceSchema>;
export type Conflict = Extract<ConflictPiece, { kind: 'conflict' }>;

/** What a person answers to one conflict; `text` where they wrote it themselves. */
export type Answer =
  | { readonly take: 'workspace' | 'session' | 'both' }
  | { readonly take: 'text'; readonly text: string };
export type Answers = ReadonlyMap<number, Answer>;

export function isConflict(piece: ConflictPiece): piece is Conflict {
  return piece.kind === 'conflict';
}

/** What an answer puts in the place of a conflict. */
export function answered(conflict: Conflict, answer: Answer): string {
  switch (answer.take) {
    case 'workspace':
      return conflict.workspace;
    case 'session':
      return conflict.session;
    case 'both':
      return withBreak(conflict.workspace, conflict.session) + conflict.session;
    case 'text':
      return answer.text;
  }
}

/** A last line without a break gets one when another follows. */
function withBreak(text: string, next: string): string {
  if (text === '' || next === '' || text.endsWith('\n')) return text;
  return text + (next.includes('\r\n') ? '\r\n' : '\n');
}

/** The whole text; undefined while a conflict has no answer. The numbers count conflicts, not pieces. */
export function resolved(pieces: readonly ConflictPiece[], answers: Answers): string | undefined {
  let text = '';
  let index = 0;
  for (const piece of pieces) {
    if (!isConflict(piece)) {
      text += piece.text;
      continue;
    }
    const answer = answers.get(index);
    if (answer === undefined) return undefined;
    text += answered(piece, answer);
    index += 1;
  }
  return text;
}
