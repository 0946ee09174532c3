import type { Hunk } from '../../../../schema/contract/changes.ts';
import { indentOfText } from './block-score.ts';
import { compactHunks } from './compact-hunks.ts';
import { searchEdits } from './edit-search.ts';
import { matchableLines } from './matchable-lines.ts';

export interface LineDiff {
  readonly hunks: Hunk[];
  readonly beforeLines: number;
  readonly afterLines: number;
  /** False where so much differs that the smallest difference was not looked for. */
  readonly exact: boolean;
}

export interface DiffOptions {
  /** Where a run of changed lines comes to lie among equal ones; as git: where a block begins to be shown, as low as it can to be merged. */
  readonly settle: 'at-block' | 'low';
  /** How many lines are looked at before the rest of two texts is said to differ. */
  readonly stepLimit?: number;
}

/** Some seconds. */
const STEP_LIMIT = 100_000_000;
const FEED = 0x0a;

/**
 * The lines in which two texts differ (UTF-8, or another encoding in which a line feed is the byte 0x0a and nothing else is), as git names them. What they share at both ends is skipped byte by byte, so that a
 * few changes in a hundred megabytes cost little more than reading them. Bounded by work, never by time: the same texts
 * give the same lines everywhere. Not for the kernel's thread.
 */
export function diffLines(before: Uint8Array, after: Uint8Array, options: DiffOptions): LineDiff {
  const { settle, stepLimit = STEP_LIMIT } = options;
  const head = sharedHead(before, after);
  const tail = sharedTail(before, after, head);
  const sides = [before, after].map((bytes) => new TextPart(bytes, head, bytes.length - tail));
  const [old, fresh] = sides;
  if (old === undefined || fresh === undefined) throw new Error('There are two sides');
  const spelling = new Spelling();
  const [oldLines, freshLines] = [spelling.numbers(old.middle), spelling.numbers(fresh.middle)];
  const { hunks, exact } = changedRuns({ oldLines, freshLines, spelling, ends: [old.above, old.below] }, stepLimit);
  const headLines = countLines(old.above);
  const tailLines = countLines(old.below);
  const settled = settledHunks(hunks, { old, fresh, spelling, settle });
  for (const { before: removed, after: added } of settled) {
    removed.start += headLines;
    added.start += headLines;
  }
  return {
    hunks: settled,
    beforeLines: headLines + oldLines.length + tailLines,
    afterLines: headLines + freshLines.length + tailLines,
    exact,
  };
}

/** A text in three: what both texts begin with, what is its own, and what both end with. */
class TextPart {
  readonly above: Uint8Array;
  readonly middle: Uint8Array;
  readonly below: Uint8Array;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.above = bytes.subarray(0, from);
    this.middle = bytes.subarray(from, to);
    this.below = bytes.subarray(to);
  }
}

/** Lines as numbers: equal lines have the same. */
class Spelling {
  readonly #numbers = new Map<string, number>();
  readonly #indents: (number | undefined)[] = [];

  numbers(bytes: Uint8Array): Int32Array {
    const found: number[] = [];
    for (const line of linesIn(bytes)) {
      const number = this.#numbers.get(line) ?? this.#indents.push(indentOfText(line)) - 1;
      this.#numbers.set(line, number);
      found.push(number);
    }
    return Int32Array.from(found);
  }

  /** Of a line that was given a number. */
  indentOf(number: number): number | undefined {
    return this.#indents[number];
  }

  get count(): number {
    return this.#indents.length;
  }

  /** How often each of the lines that have a number stands in a text. */
  add(bytes: Uint8Array, counts: Uint32Array): void {
    for (const line of linesIn(bytes)) {
      const number = this.#numbers.get(line);
      if (number !== undefined) counts[number] = (counts[number] ?? 0) + 1;
    }
  }
}

function* linesIn(bytes: Uint8Array): Generator<string, void, undefined> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start < buffer.length; ) {
    const end = lineEnd(buffer, start);
    yield buffer.toString('latin1', start, end);
    start = end;
  }
}

interface NumberedMiddles {
  readonly oldLines: Int32Array;
  readonly freshLines: Int32Array;
  readonly spelling: Spelling;
  /** What both texts begin and end with. */
  readonly ends: readonly Uint8Array[];
}

/** In longer texts how often a line occurs in what both share is not counted: it hardly ever says anything. */
const COUNTED_BYTES = 16 * 1024 * 1024;

function changedRuns(
  { oldLines, freshLines, spelling, ends }: NumberedMiddles,
  stepLimit: number,
): { readonly hunks: Hunk[]; readonly exact: boolean } {
  const shared = new Uint32Array(spelling.count);
  const isCounted = oldLines.length > 0 && freshLines.length > 0 && sizeOf(ends) <= COUNTED_BYTES;
  if (isCounted) for (const end of ends) spelling.add(end, shared);
  const sharedLines = ends.reduce((sum, end) => sum + countLines(end), 0);
  const counted = (lines: Int32Array): Uint32Array => {
    const counts = Uint32Array.from(shared);
    for (const line of lines) counts[line] = (counts[line] ?? 0) + 1;
    return counts;
  };
  const matchable = (lines: Int32Array, counts: Uint32Array): Int32Array =>
    matchableLines({ lines, matches: (line) => counts[line] ?? 0, lineCount: lines.length + sharedLines });
  const oldKept = matchable(oldLines, counted(freshLines));
  const freshKept = matchable(freshLines, counted(oldLines));
  const found = searchEdits(
    { before: oldKept.map((at) => oldLines[at] ?? 0), after: freshKept.map((at) => freshLines[at] ?? 0) },
    stepLimit,
  );
  const removed = new Uint8Array(oldLines.length).fill(1);
  oldKept.forEach((at, index) => (removed[at] = found.removed[index] ?? 0));
  const added = new Uint8Array(freshLines.length).fill(1);
  freshKept.forEach((at, index) => (added[at] = found.added[index] ?? 0));
  return { hunks: runsOf(removed, added), exact: found.exact };
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function runsOf(removed: Uint8Array, added: Uint8Array): Hunk[] {
  const hunks: Hunk[] = [];
  for (let [old, fresh] = [0, 0]; old < removed.length || fresh < added.length; old++, fresh++) {
    const [start, freshStart] = [old, fresh];
    while (removed[old] === 1) old++;
    while (added[fresh] === 1) fresh++;
    if (old === start && fresh === freshStart) continue;
    const before = { start, count: old - start };
    hunks.push({ before, after: { start: freshStart, count: fresh - freshStart } });
  }
  return hunks;
}

/** Runs of changed lines are moved through lines that are shared too; this many are looked at first. */
const ROOM_LINES = 128;
const ROOM_FACTOR = 32;

interface Sides {
  readonly old: TextPart;
  readonly fresh: TextPart;
  readonly spelling: Spelling;
  readonly settle: DiffOptions['settle'];
}

function settledHunks(hunks: readonly Hunk[], { old, fresh, spelling, settle }: Sides): Hunk[] {
  if (hunks.length === 0) return [];
  for (let room = ROOM_LINES; ; room *= ROOM_FACTOR) {
    const from = linesBack(old.above, room);
    const to = linesOn(old.below, room);
    const [above, below] = [old.above.subarray(from), old.below.subarray(0, to)];
    const aboveLines = countLines(above);
    const numbers = (part: TextPart): Int32Array => spelling.numbers(Buffer.concat([above, part.middle, below]));
    const moved = compactHunks(numbers(old), numbers(fresh), {
      hunks: hunks.map(({ before, after }) => ({
        before: { start: before.start + aboveLines, count: before.count },
        after: { start: after.start + aboveLines, count: after.count },
      })),
      settle,
      indentOf: (line) => spelling.indentOf(line),
      goesOn: { above: from > 0, below: to < old.below.length },
    });
    if (moved === undefined) continue;
    for (const { before, after } of moved) {
      before.start -= aboveLines;
      after.start -= aboveLines;
    }
    return moved;
  }
}

/** Bytes that both begin with, up to the end of a line. */
function sharedHead(before: Uint8Array, after: Uint8Array): number {
  const limit = Math.min(before.length, after.length);
  let at = 0;
  let lineEnd = 0;
  while (at < limit && before[at] === after[at]) {
    if (before[at] === FEED) lineEnd = at + 1;
    at++;
  }
  return at === before.length && at === after.length ? at : lineEnd;
}

/** Bytes that both end with, from the beginning of a line on, without those that they begin with. */
function sharedTail(before: Uint8Array, after: Uint8Array, head: number): number {
  const limit = Math.min(before.length, after.length) - head;
  let count = 0;
  let lineStart = 0;
  while (count < limit && before[before.length - count - 1] === after[after.length - count - 1]) {
    // The byte that was passed last is the first of a line.
    if (count > 0 && before[before.length - count - 1] === FEED) lineStart = count;
    count++;
  }
  const startsLine = (bytes: Uint8Array): boolean => {
    const start = bytes.length - count;
    return start === head || bytes[start - 1] === FEED;
  };
  return startsLine(before) && startsLine(after) ? count : lineStart;
}

function linesBack(bytes: Uint8Array, lines: number): number {
  let at = bytes.length;
  for (let line = 0; line < lines && at > 0; line++) at = at < 2 ? 0 : bytes.lastIndexOf(FEED, at - 2) + 1;
  return at;
}

function linesOn(bytes: Uint8Array, lines: number): number {
  let at = 0;
  for (let line = 0; line < lines && at < bytes.length; line++) at = lineEnd(bytes, at);
  return at;
}

function lineEnd(bytes: Uint8Array, from: number): number {
  const feed = bytes.indexOf(FEED, from);
  return feed < 0 ? bytes.length : feed + 1;
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(FEED); at >= 0; at = bytes.indexOf(FEED, at + 1)) lines++;
  return bytes.length > 0 && bytes.at(-1) !== FEED ? lines + 1 : lines;
}
