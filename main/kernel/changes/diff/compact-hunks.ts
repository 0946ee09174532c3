import type { Hunk } from '../../../../schema/contract/changes.ts';
import { type IndentOf, SCORE_REACH_LINES, type Score, compareScores, scoreCut, sumOf } from './block-score.ts';

/** One of two texts: its lines as numbers, and how many of them changed before each line that did not. */
interface ChangedLines {
  readonly lines: Int32Array;
  /** `gaps[k]` changed lines lie before the unchanged line k; the last gap is the end of the text. */
  readonly gaps: number[];
}

export interface CompactOptions {
  readonly hunks: readonly Hunk[];
  readonly settle: 'at-block' | 'low';
  readonly indentOf: IndentOf;
  /** Where the lines that are given are not the whole text. */
  readonly goesOn: { readonly above: boolean; readonly below: boolean };
}

/** How far a run of changed lines is moved to where a block begins. */
const FURTHEST_LINES = 100;

/**
 * Among equal lines it is a matter of taste which of them is said to be new: `} else {` may end one block or the other.
 * Runs of changed lines are moved to where they meet other changes; else to where a block begins, as git does it and a
 * person would say it. Undefined where a run came so near to lines that were not given that more of them are needed.
 * @param options.hunks of `before` and `after`, in order
 */
export function compactHunks(before: Int32Array, after: Int32Array, options: CompactOptions): Hunk[] | undefined {
  const { hunks } = options;
  const unchanged = before.length - hunks.reduce((sum, hunk) => sum + hunk.before.count, 0);
  const old: ChangedLines = { lines: before, gaps: Array.from({ length: unchanged + 1 }, () => 0) };
  const fresh: ChangedLines = { lines: after, gaps: Array.from({ length: unchanged + 1 }, () => 0) };
  let [removed, index] = [0, 0];
  for (const hunk of hunks) {
    index = hunk.before.start - removed;
    old.gaps[index] = (old.gaps[index] ?? 0) + hunk.before.count;
    fresh.gaps[index] = (fresh.gaps[index] ?? 0) + hunk.after.count;
    removed += hunk.before.count;
  }
  const isSettled = settleSide(old, fresh.gaps, options) && settleSide(fresh, old.gaps, options);
  return isSettled ? hunksOf(old.gaps, fresh.gaps) : undefined;
}

function hunksOf(removed: readonly number[], added: readonly number[]): Hunk[] {
  const hunks: Hunk[] = [];
  let [old, fresh] = [0, 0];
  removed.forEach((count, index) => {
    const more = added[index] ?? 0;
    if (count + more > 0) hunks.push({ before: { start: old, count }, after: { start: fresh, count: more } });
    old += count + 1;
    fresh += more + 1;
  });
  return hunks;
}

/** A run of changed lines on its way through equal ones. */
class Run {
  readonly #side: ChangedLines;
  index: number;
  start: number;

  constructor(side: ChangedLines, index: number, start: number) {
    this.#side = side;
    this.index = index;
    this.start = start;
  }

  get count(): number {
    return this.#side.gaps[this.index] ?? 0;
  }

  /** One line up, taking in the run that is met there; false where the line above is another. */
  up(): boolean {
    const { lines, gaps } = this.#side;
    if (this.index === 0 || lines[this.start - 1] !== lines[this.start + this.count - 1]) return false;
    const met = gaps[this.index - 1] ?? 0;
    gaps[this.index - 1] = met + this.count;
    gaps[this.index] = 0;
    this.index -= 1;
    this.start -= 1 + met;
    return true;
  }

  down(): boolean {
    const { lines, gaps } = this.#side;
    const end = this.start + this.count;
    if (end >= lines.length || lines[this.start] !== lines[end]) return false;
    const count = this.count;
    gaps[this.index] = 0;
    gaps[this.index + 1] = (gaps[this.index + 1] ?? 0) + count;
    this.index += 1;
    this.start += 1;
    return true;
  }
}

function settleSide(side: ChangedLines, others: readonly number[], options: CompactOptions): boolean {
  let start = 0;
  for (let index = 0; index < side.gaps.length; index++) {
    if ((side.gaps[index] ?? 0) > 0) {
      const run = new Run(side, index, start);
      if (!place(run, { lines: side.lines, others, options })) return false;
      index = run.index;
      start = run.start + run.count;
    }
    start += 1;
  }
  return true;
}

interface Surroundings {
  readonly lines: Int32Array;
  /** Where the other text changed. */
  readonly others: readonly number[];
  readonly options: CompactOptions;
}

function place(run: Run, { lines, others, options }: Surroundings): boolean {
  const { goesOn, indentOf, settle } = options;
  let [top, highest] = [0, 0];
  for (let size = -1; size !== run.count; ) {
    size = run.count;
    while (run.up());
    [top, highest] = [run.index, run.start];
    while (run.down());
  }
  const bottom = run.index;
  if (goesOn.above && highest < SCORE_REACH_LINES) return false;
  if (goesOn.below && run.start + run.count > lines.length - SCORE_REACH_LINES) return false;
  if (top === bottom) return true;
  for (let index = bottom; index >= top; index--) {
    if ((others[index] ?? 0) === 0) continue;
    while (run.index > index && run.up());
    return true;
  }
  if (settle === 'low') return true;
  let best: Score | undefined;
  let wanted = bottom;
  for (let index = Math.max(top, bottom - run.count - 1, bottom - FURTHEST_LINES); index <= bottom; index++) {
    const from = run.start - (bottom - index);
    const score = sumOf(scoreCut(lines, from + run.count, indentOf), scoreCut(lines, from, indentOf));
    if (best === undefined || compareScores(score, best) <= 0) [best, wanted] = [score, index];
  }
  while (run.index > wanted && run.up());
  return true;
}
