import { type RipgrepText, textOf } from './ripgrep-message.ts';

/** Of one line's text; of a longer one a part is shown, as minified files have lines of megabytes. */
const LINE_LIMIT = 2_000;
/** Of those, before what matched first. */
const LEAD = 200;
const CUT = '…';
const CUT_BYTES = Buffer.byteLength(CUT);

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface ShownText {
  readonly text: string;
  /** Bytes of the text as UTF-8. */
  readonly ranges: Range[];
}

function withoutEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, text.endsWith('\r\n') ? -2 : -1) : text;
}

/** Where a byte of what ripgrep gave lies in its text: bytes that are no UTF-8 are shown as a character of three. */
function placesIn(lines: RipgrepText, ranges: readonly Range[]): readonly Range[] {
  if ('text' in lines) return ranges;
  const bytes = Buffer.from(lines.bytes, 'base64');
  const place = (at: number): number => Buffer.byteLength(bytes.toString('utf8', 0, at));
  return ranges.map(({ start, end }) => ({ start: place(start), end: place(end) }));
}

/** A line, or several that match together, without the last end; of long ones the part around the first match. */
export function shownText(lines: RipgrepText, submatches: readonly Range[]): ShownText {
  const text = withoutEnd(textOf(lines));
  const ranges = placesIn(lines, submatches);
  if (text.length <= LINE_LIMIT) return { text, ranges: ranges.map(({ start, end }) => ({ start, end })) };
  const bytes = Buffer.from(text);
  // Only as much as comes before the match is counted in characters.
  const matchAt = bytes.toString('utf8', 0, ranges[0]?.start ?? 0).length;
  const from = matchAt <= LINE_LIMIT - LEAD ? 0 : matchAt - LEAD;
  const part = text.slice(from, from + LINE_LIMIT).toWellFormed();
  const before = from === 0 ? '' : CUT;
  const after = from + LINE_LIMIT < text.length ? CUT : '';
  const firstByte = Buffer.byteLength(text.slice(0, from));
  const shift = (before === '' ? 0 : CUT_BYTES) - firstByte;
  const lastByte = firstByte + Buffer.byteLength(part);
  return {
    text: `${before}${part}${after}`,
    ranges: ranges
      .filter(({ start, end }) => start >= firstByte && start < lastByte && end > start)
      .map(({ start, end }) => ({ start: start + shift, end: Math.min(end, lastByte) + shift })),
  };
}
