import { diffArrays } from 'diff';
import type { Hunk } from '../../../schema/contract/changes.ts';

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

/** Beyond so many changed lines what lies between the first and the last of them is one hunk. */
const EDIT_LIMIT = 20_000;
const LIMIT_MS = 5000;
const FEED = 0x0a;

/**
 * The lines in which two texts differ. What they share at both ends is skipped byte by byte, so that a few changes in a
 * hundred megabytes cost little more than reading them. Long: not for the kernel's own thread.
 */
export function diffLines(before: Uint8Array, after: Uint8Array): LineDiff {
  const head = sharedHead(before, after);
  const tail = sharedTail(before, after, head);
  const old = before.subarray(head, before.length - tail);
  const fresh = after.subarray(head, after.length - tail);
  const headLines = countLines(before.subarray(0, head));
  const tailLines = countLines(before.subarray(before.length - tail));
  const [oldLines, freshLines] = numbered(old, fresh);
  const parts = diffArrays(oldLines, freshLines, { maxEditLength: EDIT_LIMIT, timeout: LIMIT_MS });
  const whole = { start: headLines, count: oldLines.length };
  const all = { before: whole, after: { start: headLines, count: freshLines.length } };
  const counts = {
    beforeLines: headLines + oldLines.length + tailLines,
    afterLines: headLines + freshLines.length + tailLines,
  };
  if (parts === undefined) return { hunks: [all], ...counts, exact: false };
  return { hunks: hunksOf(parts, headLines), ...counts, exact: true };
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

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(FEED); at >= 0; at = bytes.indexOf(FEED, at + 1)) lines++;
  return bytes.length > 0 && bytes.at(-1) !== FEED ? lines + 1 : lines;
}

/** Lines as numbers: equal lines have the same. */
function numbered(...sides: readonly [Uint8Array, Uint8Array]): [number[], number[]] {
  const numbers = new Map<string, number>();
  const of = (bytes: Uint8Array): number[] => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lines: number[] = [];
    for (let start = 0; start < buffer.length; ) {
      const feed = buffer.indexOf(FEED, start);
      const end = feed < 0 ? buffer.length : feed + 1;
      const line = buffer.toString('latin1', start, end);
      const number = numbers.get(line) ?? numbers.size;
      numbers.set(line, number);
      lines.push(number);
      start = end;
    }
    return lines;
  };
  return [of(sides[0]), of(sides[1])];
}
