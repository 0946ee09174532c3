import { roughRoot } from './edit-search.ts';

/** How many lines on either side of a line are looked at to say whether it stands among lines that have no match. */
const WINDOW_LINES = 100;
const MANY_LIMIT = 1024;
const LONE_FACTOR = 4;

const NO_MATCH = 0;
const SOME_MATCHES = 1;
const MANY_MATCHES = 2;

export interface MatchableOptions {
  /** Lines as numbers. */
  readonly lines: Int32Array;
  /** By number: how often the line occurs in the other text. */
  readonly matches: (line: number) => number;
  /** Of the whole text. */
  readonly lineCount: number;
}

/**
 * The places of the lines that are worth looking for in the other text. A line that the other does not have is changed, and
 * one that it has very often (an empty line, a brace) is not to hold together two places whose other lines have no match:
 * so git does it, and it makes a search among many different lines short.
 */
export function matchableLines({ lines, matches, lineCount }: MatchableOptions): Int32Array {
  const many = Math.min(roughRoot(lineCount), MANY_LIMIT);
  const kinds = Uint8Array.from(lines, (line) => {
    const count = matches(line);
    return count === 0 ? NO_MATCH : count >= many ? MANY_MATCHES : SOME_MATCHES;
  });
  const kept: number[] = [];
  for (let at = 0; at < kinds.length; at++) {
    if (kinds[at] === SOME_MATCHES || (kinds[at] === MANY_MATCHES && !isForlorn(kinds, at))) kept.push(at);
  }
  return Int32Array.from(kept);
}

/** True for a line amid lines most of which have no match. */
function isForlorn(kinds: Uint8Array, at: number): boolean {
  const above = around(kinds, at, -1);
  if (above.none === 0) return false;
  const below = around(kinds, at, 1);
  if (below.none === 0) return false;
  const [none, many] = [above.none + below.none, above.many + below.many];
  return many * LONE_FACTOR < many + none;
}

/** Counts up to the next line that has a few matches; the line itself is one of those with many. */
function around(kinds: Uint8Array, at: number, direction: 1 | -1): { readonly none: number; readonly many: number } {
  let [none, many] = [0, 1];
  for (let distance = 1; distance <= WINDOW_LINES; distance++) {
    const kind = kinds[at + direction * distance];
    if (kind === NO_MATCH) none++;
    else if (kind === MANY_MATCHES) many++;
    else break;
  }
  return { none, many };
}
