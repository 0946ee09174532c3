/** Control characters but tabs and ends of lines: in pasted text they would be keys that nobody pressed. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const KEYS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;

export interface PastedText {
  /** Without control characters: none can end the brackets that tell a shell what was pasted. */
  readonly text: string;
  readonly lines: number;
  /** Why somebody should look at it before it is typed. */
  readonly concern: 'lines' | 'control' | undefined;
}

/**
 * Looks a text over that is about to be pasted. Where the program in the terminal knows pasted text from typed text it waits for Enter;
 * where it does not, each line is run as it comes.
 */
export function lookOver(pasted: string, program: 'knows pasted text' | 'takes it as typed'): PastedText {
  const whole = pasted.replace(/\r\n?/g, '\n');
  const text = whole.replace(KEYS, '');
  const lines = text.replace(/\n$/, '').split('\n').length;
  if (text !== whole) return { text, lines, concern: 'control' };
  return { text, lines, concern: text.includes('\n') && program === 'takes it as typed' ? 'lines' : undefined };
}
