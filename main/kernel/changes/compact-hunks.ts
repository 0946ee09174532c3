import type { Hunk } from '../../../schema/contract/changes.ts';

/** One of two texts: its lines as numbers, and how many of them changed before each line that did not. */
interface ChangedLines {
  readonly lines: readonly number[];
  /** `gaps[k]` changed lines lie before the unchanged line k; the last gap is the end of the text. */
  readonly gaps: number[];
}

/** Of each line number its text, to see where a paragraph or a block begins. */
export type LineText = (line: number) => string;

/**
 * Among equal lines it is a matter of taste which of them is said to be new: `} else {` may end one block or the other.
 * Runs of changed lines are moved to where they meet other changes; else to where a block begins, as a person would say it.
 * @param hunks of `before` and `after`, in order
 */
export function compactHunks(
  before: readonly number[],
  after: readonly number[],
  options: { readonly hunks: readonly Hunk[]; readonly textOf: LineText },
): Hunk[] {
  const { hunks, textOf } = options;
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
  settle(old, fresh.gaps, textOf);
  settle(fresh, old.gaps, textOf);
  return hunksOf(old.gaps, fresh.gaps);
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

function settle(side: ChangedLines, others: readonly number[], textOf: LineText): void {
  let start = 0;
  for (let index = 0; index < side.gaps.length; index++) {
    if ((side.gaps[index] ?? 0) > 0) {
      const run = new Run(side, index, start);
      place(run, { lines: side.lines, others, textOf });
      index = run.index;
      start = run.start + run.count;
    }
    start += 1;
  }
}

interface Surroundings {
  readonly lines: readonly number[];
  /** Where the other text changed. */
  readonly others: readonly number[];
  readonly textOf: LineText;
}

function place(run: Run, { lines, others, textOf }: Surroundings): void {
  let top = 0;
  for (let size = -1; size !== run.count; ) {
    size = run.count;
    while (run.up());
    top = run.index;
    while (run.down());
  }
  const bottom = run.index;
  let wanted = bottom;
  for (let index = bottom; index >= top; index--) {
    if ((others[index] ?? 0) === 0) continue;
    while (run.index > index && run.up());
    return;
  }
  let best = Number.POSITIVE_INFINITY;
  for (let index = bottom; index >= top; index--) {
    const from = run.start - (bottom - index);
    const cost = boundary(lines, from, textOf) + boundary(lines, from + run.count, textOf);
    if (cost < best) [best, wanted] = [cost, index];
  }
  while (run.index > wanted && run.up());
}

const BLANK_BONUS = 30;
const DEEPER_COST = 20;
const MOST = 200;

/** How odd it would be to cut between a line and the one above; the start of a paragraph or of a block is least so. */
function boundary(lines: readonly number[], at: number, textOf: LineText): number {
  const [above, below] = [lines[at - 1], lines[at]];
  if (above === undefined || below === undefined) return -BLANK_BONUS;
  const [before, after] = [textOf(above), textOf(below)];
  if (before.trim() === '') return indentOf(after) - BLANK_BONUS;
  if (after.trim() === '') return indentOf(before) - BLANK_BONUS / 2;
  const [outer, inner] = [indentOf(before), indentOf(after)];
  return inner > outer ? inner + DEEPER_COST : inner < outer ? inner + DEEPER_COST / 2 : inner;
}

function indentOf(text: string): number {
  let width = 0;
  for (const character of text.slice(0, MOST)) {
    if (character === ' ') width += 1;
    else if (character === '\t') width += 8 - (width % 8);
    else break;
  }
  return width;
}
