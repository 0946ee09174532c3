/** Text as ripgrep gives it: `bytes` (Base64) where it is not UTF-8. */
export type RipgrepText = { readonly text: string } | { readonly bytes: string };

export interface RipgrepLine {
  readonly path: RipgrepText;
  readonly lines: RipgrepText;
  readonly line_number: number | null;
  readonly absolute_offset: number;
  readonly submatches: readonly { readonly match: RipgrepText; readonly start: number; readonly end: number }[];
}

/** The lines of `rg --json` that a search looks at (ripgrep's crate grep-printer, "JSON"). */
export interface RipgrepMessage {
  readonly type: 'match' | 'context';
  readonly data: RipgrepLine;
}

export function textOf(text: RipgrepText): string {
  return 'text' in text ? text.text : Buffer.from(text.bytes, 'base64').toString('utf8');
}

/** Every message begins with `{"type":"`; the letter after that is enough to tell it. */
const LETTER_AT = '{"type":"'.length;
const [MATCH, CONTEXT] = ['m', 'c'].map((letter) => letter.charCodeAt(0));

/** The message of one line of `rg --json` where it is about a line of a file. Two of three are not, and are not parsed. */
export function lineMessage(line: Buffer): RipgrepMessage | undefined {
  const letter = line[LETTER_AT];
  if (letter !== MATCH && letter !== CONTEXT) return undefined;
  const message: RipgrepMessage = JSON.parse(line.toString());
  return message;
}
