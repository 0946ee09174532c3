import { Chunk } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LineRange } from '../../../../schema/contract/review.ts';
import { hunkKey, hunkReviews, linesOf, reverting, type Verdict } from './hunks.ts';
import { comparing } from './line-first-diff.ts';
import { lineBreakOf, splitAt } from './line-breaks.ts';

function open(before: string, after: string) {
  const extensions = splitAt(lineBreakOf(before, after));
  const a = EditorState.create({ doc: before, extensions });
  const b = EditorState.create({ doc: after, extensions });
  const documents = { before: a.doc, after: b.doc };
  return { b, documents, chunks: Chunk.build(a.doc, b.doc, comparing({ scanLimit: 500 })) };
}

const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const within = (text: string, { start, count }: LineRange): string =>
  lines(text)
    .slice(start, start + count)
    .join('');

/** What the kernel makes of a review: the accepted hunks' lines, in place of the former ones. */
function composed(before: string, after: string, accepted: readonly { before: LineRange; after: LineRange }[]): string {
  const former = lines(before);
  let result = '';
  let at = 0;
  for (const hunk of accepted) {
    result += former.slice(at, hunk.before.start).join('') + within(after, hunk.after);
    at = hunk.before.start + hunk.before.count;
  }
  return result + former.slice(at).join('');
}

const text = fc
  .array(fc.constantFrom('a', 'b', 'c d', '', '\t', '\r', 'é'), { maxLength: 12 })
  .chain((each) => fc.constantFrom('\n', '\r\n').map((lineBreak) => each.join(lineBreak)));

test('taking back every hunk gives what was there before, with its line breaks', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { b, chunks, documents } = open(before, after);
      const changes = chunks.map((chunk) => reverting(chunk, documents));
      expect(b.update({ changes }).state.sliceDoc()).toBe(before);
    }),
  );
});

test('an empty line that was put in or taken out beside others is a hunk of one line', () => {
  for (const [longer, shorter] of [
    ['\n\na', '\na'],
    ['\n\n\na', '\n\na'],
    ['x\n\n\n\n\n\n\na', 'x\n\n\n\n\n\na'],
  ] as const) {
    for (const [before, after] of [
      [longer, shorter],
      [shorter, longer],
    ] as const) {
      const { chunks, documents } = open(before, after);
      const [removed, added] = before === longer ? [1, 0] : [0, 1];
      expect(chunks.map((chunk) => linesOf(chunk, documents))).toEqual([
        { before: { start: expect.any(Number), count: removed }, after: { start: expect.any(Number), count: added } },
      ]);
    }
  }
});

test('accepting some hunks by their lines is the same as taking the others back', () => {
  fc.assert(
    fc.property(text, text, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (before, after, choice) => {
      const { b, chunks, documents } = open(before, after);
      const rejected = chunks.filter((_, index) => choice[index] === false);
      const changes = rejected.map((chunk) => reverting(chunk, documents));
      const accepted = chunks.filter((chunk) => !rejected.includes(chunk)).map((chunk) => linesOf(chunk, documents));
      expect(composed(before, after, accepted)).toBe(b.update({ changes }).state.sliceDoc());
    }),
  );
});

test('what was decided of hunks is told by their lines', () => {
  const { chunks, documents } = open('a\nb\nc\nd\n', 'a\nB\nc\nd\ne\n');
  const verdicts: Record<string, Verdict> = {};
  for (const [index, chunk] of chunks.entries()) {
    verdicts[hunkKey(chunk, documents.before)] = index === 0 ? 'accepted' : 'rejected';
  }
  expect(hunkReviews(chunks, verdicts, documents)).toEqual([
    { before: { start: 1, count: 1 }, after: { start: 1, count: 1 }, verdict: 'accepted' },
    { before: { start: 4, count: 0 }, after: { start: 4, count: 1 }, verdict: 'rejected' },
  ]);
});
