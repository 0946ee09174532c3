/** Of each line its indentation in columns; undefined for one that is blank. */
export type IndentOf = (line: number) => number | undefined;

/** What says how odd it would be to cut a text above a line. */
export interface Score {
  readonly indent: number;
  readonly penalty: number;
}

const MOST_COLUMNS = 200;
const MOST_BLANK_LINES = 20;
/** How many lines beyond a cut its score may look at. */
export const SCORE_REACH_LINES = MOST_BLANK_LINES + 1;

/** The weights of git, found by trying them on many changes that people had rated (git's `diff.indentHeuristic`). */
const PENALTY = { startOfText: 1, endOfText: 21, blankLine: -30, blankLineBelow: 6 };
const STEP = { in: -4, inAfterBlank: 10, out: 24, outAfterBlank: 17, back: 23, backAfterBlank: 17 };
const INDENT_WEIGHT = 60;

/** The indentation of a line: a tab reaches to the next multiple of eight. Undefined for a blank line. */
export function indentOfText(text: string): number | undefined {
  let column = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === ' ') column += 1;
    else if (character === '\t') column += 8 - (column % 8);
    else if (character !== '\n' && character !== '\r' && character !== '\v' && character !== '\f') return column;
    if (column >= MOST_COLUMNS) return MOST_COLUMNS;
  }
  return undefined;
}

interface Neighbour {
  readonly indent: number | undefined;
  readonly blankLines: number;
}

function neighbour(lines: ArrayLike<number>, from: number, options: { step: 1 | -1; indentOf: IndentOf }): Neighbour {
  let blankLines = 0;
  for (let at = from; at >= 0 && at < lines.length; at += options.step) {
    const indent = options.indentOf(lines[at] ?? 0);
    if (indent !== undefined) return { indent, blankLines };
    blankLines++;
    if (blankLines === MOST_BLANK_LINES) return { indent: 0, blankLines };
  }
  return { indent: undefined, blankLines };
}

/** Scores the cut above the line `at`; the length of `lines` stands for their end. */
export function scoreCut(lines: ArrayLike<number>, at: number, indentOf: IndentOf): Score {
  const isEnd = at >= lines.length;
  const own = isEnd ? undefined : indentOf(lines[at] ?? 0);
  const above = neighbour(lines, at - 1, { step: -1, indentOf });
  const below = neighbour(lines, at + 1, { step: 1, indentOf });
  const blankBelow = own === undefined ? 1 + below.blankLines : 0;
  const blankLines = above.blankLines + blankBelow;
  const indent = own ?? below.indent;
  let penalty = PENALTY.blankLine * blankLines + PENALTY.blankLineBelow * blankBelow;
  if (above.indent === undefined && above.blankLines === 0) penalty += PENALTY.startOfText;
  if (isEnd) penalty += PENALTY.endOfText;
  if (indent !== undefined && above.indent !== undefined) {
    const isAfterBlank = blankLines !== 0;
    if (indent > above.indent) penalty += isAfterBlank ? STEP.inAfterBlank : STEP.in;
    else if (indent < above.indent) {
      const opensBlock = below.indent !== undefined && below.indent > indent;
      if (opensBlock) penalty += isAfterBlank ? STEP.outAfterBlank : STEP.out;
      else penalty += isAfterBlank ? STEP.backAfterBlank : STEP.back;
    }
  }
  return { indent: indent ?? -1, penalty };
}

/** Negative where the first is the better pair of cuts. */
export function compareScores(first: Score, second: Score): number {
  return INDENT_WEIGHT * Math.sign(first.indent - second.indent) + first.penalty - second.penalty;
}

export function sumOf(first: Score, second: Score): Score {
  return { indent: first.indent + second.indent, penalty: first.penalty + second.penalty };
}
