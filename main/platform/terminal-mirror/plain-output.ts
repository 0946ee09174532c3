/**
 * Anything but text, ends of lines, tabs and colours: what moves the cursor, switches a mode or asks for an answer. Looked for in UTF-8 with
 * one character a byte, where the control characters of C1 are C2 and a byte of 80 to 9F.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const NOT_PLAIN = /[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\xc2[\x80-\x9f]|\x1b(?!\[[\d;:]*m)/;
/** A colour that was begun at the end of a piece. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const BEGUN = /\x1b(\[[\d;:]{0,64})?$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const COLOUR = /\x1b\[[\d;:]*m/g;
const RESETS = ['\x1b[0m', '\x1b[m'] as const;

/** Says of output that comes in pieces whether all of it so far is plain, but for a colour at its end that may be one yet. */
export class PlainOutput {
  #begun = '';
  #plain = true;

  get isPlain(): boolean {
    return this.#plain;
  }

  push(piece: string): void {
    if (!this.#plain) return;
    const text = this.#begun + piece;
    this.#begun = BEGUN.exec(text)?.[0] ?? '';
    this.#plain = !NOT_PLAIN.test(this.#begun === '' ? text : text.slice(0, -this.#begun.length));
  }

  startOver(): void {
    this.#begun = '';
    this.#plain = true;
  }
}

/**
 * The shorter output that leaves a terminal with the same screen, scrollback and colours: its last `lines` lines behind the colours that
 * are still in force there. For plain output alone, on a screen that scrolls as a whole. Undefined where nothing can be left out.
 */
export function lastLines(plain: string, lines: number): string | undefined {
  let at = plain.length;
  for (let line = 0; line <= lines && at > 0; line += 1) at = plain.lastIndexOf('\n', at - 1);
  // The column is known only where a line was ended as a whole.
  while (at > 0 && plain.charAt(at - 1) !== '\r') at = plain.lastIndexOf('\n', at - 1);
  if (at <= 0) return undefined;
  return colourAt(plain, at + 1) + plain.slice(at + 1);
}

function colourAt(plain: string, end: number): string {
  const reset = Math.max(...RESETS.map((each) => plain.lastIndexOf(each, end - 1)));
  const since = plain.slice(Math.max(0, reset), end);
  return since.match(COLOUR)?.join('') ?? '';
}
