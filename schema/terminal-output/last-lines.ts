import { concatenated } from './plain-output.ts';

const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;
const COLOUR_END = 0x6d;

/** Of output in pieces: which of them, and where in it. */
interface Place {
  readonly piece: number;
  readonly at: number;
}

/**
 * The shorter output that leaves a terminal with the same screen, scrollback and colours: its last `lines` lines behind the colours that
 * are still in force there. For plain output alone, in whatever pieces, on a screen that scrolls as a whole. Undefined where nothing can be
 * left out, or where to find out would take more than so many steps. What stays is not copied.
 */
export function lastLines(
  plain: readonly Uint8Array[],
  lines: number,
  steps = Number.POSITIVE_INFINITY,
): Uint8Array[] | undefined {
  let left = steps;
  let place = before(plain, LF, endOf(plain));
  // The column is known only where a line was ended as a whole.
  for (let line = 0; place !== undefined && (line < lines || byteBefore(plain, place) !== CR); line += 1) {
    place = left > 0 ? before(plain, LF, place) : undefined;
    left -= 1;
  }
  const colours = place && coloursBefore(plain, place, left);
  if (place === undefined || colours === undefined) return undefined;
  const rest = (plain[place.piece] ?? new Uint8Array()).subarray(place.at + 1);
  return [...colours, rest, ...plain.slice(place.piece + 1)];
}

const endOf = (pieces: readonly Uint8Array[]): Place => ({ piece: pieces.length, at: 0 });

/** Where the byte comes last before a place. */
function before(pieces: readonly Uint8Array[], byte: number, { piece, at }: Place): Place | undefined {
  // A negative place would be counted from the end.
  let found = at > 0 ? (pieces[piece]?.lastIndexOf(byte, at - 1) ?? -1) : -1;
  let index = piece;
  while (found < 0 && index > 0) {
    index -= 1;
    found = pieces[index]?.lastIndexOf(byte) ?? -1;
  }
  return found < 0 ? undefined : { piece: index, at: found };
}

function byteBefore(pieces: readonly Uint8Array[], { piece, at }: Place): number | undefined {
  if (at > 0) return pieces[piece]?.[at - 1];
  for (let index = piece - 1; index >= 0; index -= 1) {
    const last = pieces[index]?.at(-1);
    if (last !== undefined) return last;
  }
  return undefined;
}

/**
 * Those since the last one that takes all back, as one piece or none. Each sets what it sets whatever was set before, so of the same ones only
 * the last counts: output that never takes all back keeps no more than it has different ones. Undefined after so many steps.
 */
function coloursBefore(pieces: readonly Uint8Array[], end: Place, steps: number): Uint8Array[] | undefined {
  const colours = new Map<string, Uint8Array>();
  let left = steps;
  for (let place = before(pieces, ESC, end); place !== undefined; place = before(pieces, ESC, place)) {
    if (left <= 0) return undefined;
    left -= 1;
    const colour = colourAt(pieces, place);
    const key = String.fromCharCode(...colour);
    if (!colours.has(key)) colours.set(key, colour);
    if (isReset(colour)) break;
  }
  return colours.size === 0 ? [] : [concatenated([...colours.values()].reverse())];
}

/** The sequence that begins there; it may end in another piece. */
function colourAt(pieces: readonly Uint8Array[], { piece, at }: Place): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let index = piece; index < pieces.length; index += 1) {
    const part = (pieces[index] ?? new Uint8Array()).subarray(index === piece ? at : 0);
    const end = part.indexOf(COLOUR_END);
    parts.push(end < 0 ? part : part.subarray(0, end + 1));
    if (end >= 0) break;
  }
  return concatenated(parts);
}

/** `ESC [ m` and `ESC [ 0 m`. */
const isReset = (colour: Uint8Array): boolean => colour.length === 3 || (colour.length === 4 && colour[2] === 0x30);
