import type { Hunk } from '../../../../schema/contract/changes.ts';
import { type DiffOptions, diffLines } from '../diff/line-diff.ts';

export type ThreeWay = { readonly clean: true; readonly bytes: Buffer } | { readonly clean: false };

const CONFLICT: ThreeWay = { clean: false };
/** So that a change that both sides made is the same lines in both. */
const LOW: DiffOptions = { settle: 'low' };
/** Git's own test for a binary file: a NUL in its first 8,000 bytes. */
const BINARY_PROBE_BYTES = 8000;
export const THREE_WAY_LIMIT_BYTES = 16 * 1024 * 1024;
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, BINARY_PROBE_BYTES).includes(0);
}

/** Lines with their ends. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A piece of a text that two sides changed: what they agree on, or what each of them has. */
export type MergedPiece =
  | { readonly agreed: Buffer }
  | { readonly base: Buffer; readonly ours: Buffer; readonly theirs: Buffer };

/**
 * The pieces of a merge, in order. Where the sides changed the same lines, or lines that border on each other, each side's
 * own is given; the same change on both sides is agreed on. As git merges, with the base of each conflict beside it.
 */
export function mergePieces(sides: ThreeSides): MergedPiece[] {
  const changes = [diffLines(sides.base, sides.ours, LOW), diffLines(sides.base, sides.theirs, LOW)] as const;
  const [ours, theirs] = [new Side(sides.ours, changes[0].hunks), new Side(sides.theirs, changes[1].hunks)];
  const base = new Side(sides.base, []);
  const pieces: MergedPiece[] = [];
  let line = 0;
  for (let next = firstOf(ours, theirs); next !== undefined; next = firstOf(ours, theirs)) {
    if (next > line) pieces.push({ agreed: base.cut(line, next) });
    const end = endOfRegion(next, ours, theirs);
    const [mine, yours] = [ours.take(next, end), theirs.take(next, end)];
    if (!yours.changed || mine.bytes.equals(yours.bytes)) pieces.push({ agreed: mine.bytes });
    else if (!mine.changed) pieces.push({ agreed: yours.bytes });
    else pieces.push({ base: base.cut(next, end), ours: mine.bytes, theirs: yours.bytes });
    line = end;
  }
  pieces.push({ agreed: base.cut(line, changes[0].beforeLines) });
  return pieces;
}

export interface ThreeSides {
  readonly base: Buffer;
  readonly ours: Buffer;
  readonly theirs: Buffer;
}

function firstOf(ours: Side, theirs: Side): number | undefined {
  const starts = [ours.next, theirs.next].flatMap((hunk) => hunk?.before.start ?? []);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** Until neither side has a change that overlaps what was changed, or borders on it. */
function endOfRegion(start: number, ours: Side, theirs: Side): number {
  let end = start;
  for (let before = -1; before !== end; ) {
    before = end;
    end = Math.max(end, ours.reach(end), theirs.reach(end));
  }
  return end;
}

/** One side's lines, and its changes that were not yet come to. */
class Side {
  readonly #bytes: Buffer;
  readonly #starts: readonly number[];
  readonly #hunks: readonly Hunk[];
  #at = 0;
  /** How many more lines this side has than the base, before its next change. */
  #shift = 0;

  constructor(bytes: Buffer, hunks: readonly Hunk[]) {
    this.#bytes = bytes;
    this.#starts = lineStarts(bytes);
    this.#hunks = hunks;
  }

  get next(): Hunk | undefined {
    return this.#hunks[this.#at];
  }

  cut(from: number, to: number): Buffer {
    return this.#bytes.subarray(this.#starts[from] ?? this.#bytes.length, this.#starts[to] ?? this.#bytes.length);
  }

  /** The end, in lines of the base, of the changes that begin at `end` or before. */
  reach(end: number): number {
    let reached = end;
    for (let at = this.#at; at < this.#hunks.length; at++) {
      const hunk = this.#hunks[at];
      if (hunk === undefined || hunk.before.start > reached) break;
      reached = Math.max(reached, hunk.before.start + hunk.before.count);
    }
    return reached;
  }

  /** What this side has for lines of the base, whose changes are then behind it. */
  take(start: number, end: number): { readonly bytes: Buffer; readonly changed: boolean } {
    const from = start + this.#shift;
    const first = this.#at;
    for (let hunk = this.next; hunk !== undefined && hunk.before.start <= end; hunk = this.next) {
      if (hunk.before.start + hunk.before.count > end) break;
      this.#shift += hunk.after.count - hunk.before.count;
      this.#at++;
    }
    return { bytes: this.cut(from, end + this.#shift), changed: this.#at > first };
  }
}

function lineStarts(bytes: Buffer): number[] {
  const starts = [0];
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) starts.push(at + 1);
  return starts;
}

/** Merges two changes of one text. What both sides changed in the same place, or next to each other, is a conflict: nothing is guessed. */
export function mergeThreeWay(base: Buffer, ours: Buffer, theirs: Buffer): ThreeWay {
  if (ours.equals(theirs)) return { clean: true, bytes: ours };
  if (base.equals(ours)) return { clean: true, bytes: theirs };
  if (base.equals(theirs)) return { clean: true, bytes: ours };
  if ([base, ours, theirs].some((each) => each.length > THREE_WAY_LIMIT_BYTES || isBinary(each))) return CONFLICT;
  const merged: Buffer[] = [];
  for (const piece of mergePieces({ base, ours, theirs })) {
    if (!('agreed' in piece)) return CONFLICT;
    merged.push(piece.agreed);
  }
  return { clean: true, bytes: Buffer.concat(merged) };
}
