import type { HunkReview, LineRange } from '../../../../schema/contract/review.ts';
import { Fault } from '../../../../schema/fault.ts';

/** Where each line of a text begins, and where the last one ends. A line ends with LF, and with nothing else. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  if (starts.at(-1) !== text.length) starts.push(text.length);
  return starts;
}

function invalid(path: string, state: string): Fault {
  return new Fault('review_invalid', `Cannot take hunks of "${path}": ${state}`, {
    fix: 'Look at the difference again and decide anew.',
  });
}

export interface HunkedText {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * The text before, with the lines of accepted and edited hunks replaced. Throws `review_invalid` where hunks overlap, are
 * out of order, or name lines that are not there.
 */
export function applyHunks({ path, before, after }: HunkedText, hunks: readonly HunkReview[]): string {
  const [old, fresh] = [lineStarts(before), lineStarts(after)];
  const cut = (text: string, starts: readonly number[], range: LineRange): string => {
    const [from, to] = [starts[range.start], starts[range.start + range.count]];
    if (from === undefined || to === undefined) throw invalid(path, `line ${range.start + range.count} is not there`);
    return text.slice(from, to);
  };
  let result = '';
  let [line, freshLine] = [0, 0];
  for (const hunk of hunks) {
    if (hunk.before.start < line || hunk.after.start < freshLine) {
      throw invalid(path, 'its hunks overlap or are out of order');
    }
    result += cut(before, old, { start: line, count: hunk.before.start - line });
    const replaced = cut(before, old, hunk.before);
    const replacing = cut(after, fresh, hunk.after);
    result += hunk.verdict === 'rejected' ? replaced : hunk.verdict === 'edited' ? (hunk.text ?? '') : replacing;
    line = hunk.before.start + hunk.before.count;
    freshLine = hunk.after.start + hunk.after.count;
  }
  const last = old.length - 1;
  return result + cut(before, old, { start: line, count: last - line });
}
