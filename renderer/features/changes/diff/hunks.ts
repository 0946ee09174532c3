import type { Chunk } from '@codemirror/merge';
import { type ChangeSpec, EditorState, type Text } from '@codemirror/state';
import type { HunkReview, LineRange } from '../../../../schema/contract/review.ts';

/** What was decided of a hunk. One that was edited stands in an edited file, whole. */
export type Verdict = 'accepted' | 'rejected';

/** What hunks were decided, by their keys. */
export type HunkVerdicts = Readonly<Record<string, Verdict>>;

export interface DiffDocuments {
  readonly before: Text;
  readonly after: Text;
}

const EMPTY_LINE = EditorState.create({ doc: '\n' }).doc;

/** The lines of a hunk, on both sides. */
export function linesOf(chunk: Chunk, { before, after }: DiffDocuments): { before: LineRange; after: LineRange } {
  return {
    before: lineRange(before, chunk.fromA, chunk.toA),
    after: lineRange(after, chunk.fromB, chunk.toB),
  };
}

/** The editor has an empty line behind a last line break, a file has not. */
function lineRange(text: Text, from: number, to: number): LineRange {
  const count = text.line(text.lines).length === 0 ? text.lines - 1 : text.lines;
  if (from > text.length) return { start: count, count: 0 };
  const start = text.lineAt(from).number - 1;
  if (from === to) return { start, count: 0 };
  return { start, count: (to > text.length ? count : text.lineAt(to).number - 1) - start };
}

const keys = new WeakMap<Chunk, string>();

/** What tells a hunk from the others of its file: the lines that it replaces, which no edit moves. */
export function hunkKey(chunk: Chunk, before: Text): string {
  const key = keys.get(chunk) ?? keyOf(lineRange(before, chunk.fromA, chunk.toA));
  keys.set(chunk, key);
  return key;
}

function keyOf({ start, count }: LineRange): string {
  return `${start}+${count}`;
}

export function verdictsOf(hunks: readonly HunkReview[] | undefined): HunkVerdicts {
  const verdicts: Record<string, Verdict> = {};
  for (const { before, verdict } of hunks ?? []) {
    verdicts[keyOf(before)] = verdict === 'rejected' ? 'rejected' : 'accepted';
  }
  return verdicts;
}

/** What was decided of hunks, as the kernel keeps it. */
export function hunkReviews(
  chunks: readonly Chunk[],
  verdicts: HunkVerdicts,
  documents: DiffDocuments,
): readonly HunkReview[] {
  return chunks.flatMap((chunk) => {
    const verdict = verdicts[hunkKey(chunk, documents.before)];
    return verdict === undefined ? [] : [{ ...linesOf(chunk, documents), verdict }];
  });
}

/** What takes a hunk back: the change of the new text that makes it the former one there. */
export function reverting(chunk: Chunk, { before, after }: DiffDocuments): ChangeSpec {
  const lines = before.slice(chunk.fromA, Math.max(chunk.fromA, Math.min(chunk.toA - 1, before.length)));
  const needsBreak = chunk.fromA !== chunk.toA && chunk.toB <= after.length;
  const insert = needsBreak ? lines.append(EMPTY_LINE) : lines;
  return { from: chunk.fromB, to: Math.min(after.length, chunk.toB), insert };
}
