import { diffArrays } from 'diff';
import type { Hunk } from '../../../schema/contract/changes.ts';
import { compactHunks } from './compact-hunks.ts';

export interface LineDiff {
  readonly hunks: Hunk[];
  readonly beforeLines: number;
  readonly afterLines: number;
  /** False where so much differs that the smallest difference was not looked for. */
  readonly exact: boolean;
}

/** Port: compares texts beside the kernel's thread, however long they are. */
export interface TextDiffer {
  /** UTF-8, or another encoding in which a line feed is the byte 0x0a and nothing else is. */
  hunks(before: Uint8Array, after: Uint8Array): Promise<LineDiff>;
}

/** How hard the smallest difference is looked for; beyond, what lies between the first and the last change is one hunk. */
export interface DiffLimits {
  readonly edits: number;
  readonly limitMs: number;
}

const THOROUGH: DiffLimits = { edits: 20_000, limitMs: 5000 };
/** For the kernel's own thread. */
export const BRIEF: DiffLimits = { edits: 4000, limitMs: 1000 };
const FEED = 0x0a;

/**
 * The lines in which two texts differ. What they share at both ends is skipped byte by byte, so that a few changes in a
 * hundred megabytes cost little more than reading them. Without limits of its own it is not for the kernel's thread.
 */
export function diffLines(before: Uint8Array, after: Uint8Array, limits: DiffLimits = THOROUGH): LineDiff {
  const shared = sharedHead(before, after);
  const head = linesBack(before, shared);
  const tail = before.length - linesOn(before, before.length - sharedTail(before, after, shared));
  const old = before.subarray(head, before.length - tail);
  const fresh = after.subarray(head, after.length - tail);
  const headLines = countLines(before.subarray(0, head));
  const tailLines = countLines(before.subarray(before.length - tail));
  const { lines, spelled } = numbered([old, fresh]);
  const [oldLines = [], freshLines = []] = lines;
  const parts = diffArrays(oldLines, freshLines, { maxEditLength: limits.edits, timeout: limits.limitMs });
  const whole = { start: headLines, count: oldLines.length };
  const all = { before: whole, after: { start: headLines, count: freshLines.length } };
  const counts = {
    beforeLines: headLines + oldLines.length + tailLines,
    afterLines: headLines + freshLines.length + tailLines,
  };
  if (parts === undefined) return { hunks: [all], ...counts, exact: false };
  const hunks = compactHunks(oldLines, freshLines, {
    hunks: hunksOf(parts, 0),
    textOf: (line) => spelled[line] ?? '',
  });
  for (const { before: removed, after: added } of hunks) {
    removed.start += headLines;
    added.start += headLines;
  }
  return { hunks, ...counts, exact: true };
}

interface Part {
  readonly count: number;
  readonly added: boolean;
  readonly removed: boolean;
}

function hunksOf(parts: readonly Part[], firstLine: number): Hunk[] {
  const hunks: Hunk[] = [];
  let [old, fresh] = [firstLine, firstLine];
  let open: Hunk | undefined;
  for (const { count, added, removed } of parts) {
    if (!added && !removed) {
      old += count;
      fresh += count;
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = { before: { start: old, count: 0 }, after: { start: fresh, count: 0 } };
      hunks.push(open);
    }
    if (removed) {
      open.before.count += count;
      old += count;
    } else {
      open.after.count += count;
      fresh += count;
    }
  }
  return hunks;
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

/** Runs of changed lines are moved through lines that are shared too. */
const ROOM_LINES = 100;

function linesBack(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let line = 0; line < ROOM_LINES && at > 0; line++) at = at < 2 ? 0 : bytes.lastIndexOf(FEED, at - 2) + 1;
  return at;
}

function linesOn(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let line = 0; line < ROOM_LINES && at < bytes.length; line++) at = lineEnd(bytes, at);
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

/** Lines as numbers: equal lines have the same, in both texts. */
function numbered(sides: readonly Uint8Array[]): { lines: number[][]; spelled: string[] } {
  const numbers = new Map<string, number>();
  const spelled: string[] = [];
  const lines = sides.map((bytes) => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const found: number[] = [];
    for (let start = 0; start < buffer.length; ) {
      const feed = buffer.indexOf(FEED, start);
      const end = feed < 0 ? buffer.length : feed + 1;
      const line = buffer.toString('latin1', start, end);
      const number = numbers.get(line) ?? spelled.push(line) - 1;
      numbers.set(line, number);
      found.push(number);
      start = end;
    }
    return found;
  });
  return { lines, spelled };
}
