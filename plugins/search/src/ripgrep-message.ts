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
export type RipgrepMessage =
  | { readonly type: 'match' | 'context'; readonly data: RipgrepLine }
  | { readonly type: 'begin' | 'end' | 'summary'; readonly data: unknown };

export function textOf(text: RipgrepText): string {
  return 'text' in text ? text.text : Buffer.from(text.bytes, 'base64').toString('utf8');
}
