const BACKSLASH = 92;
const PERCENT = 37;
const OPEN_BRACKET = 91;
const ESCAPE = 27;

/** `\n`, `\r`, `\t`, `\b`, `\f`, `\v`. */
const LETTER_ESCAPES: ReadonlySet<number> = new Set([110, 114, 116, 98, 102, 118]);

/** The longest escape that is looked back over: a colour code such as `ESC [ 38;2;255;255;255 m`. */
export const ESCAPE_LOOKBACK = 24;

/** Of the word characters, which are ASCII: `[A-Za-z0-9_]`. NaN, the code beyond the ends of a text, is none. */
export function isWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

export function isDigitCode(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isHexCode(code: number): boolean {
  return isDigitCode(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

function allHex(text: string, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (!isHexCode(text.charCodeAt(index))) return false;
  return true;
}

/** True where a colour code of a terminal ends: `ESC [`, parameters, a letter. */
function endsColourCode(text: string, at: number): boolean {
  const limit = Math.max(0, at - ESCAPE_LOOKBACK);
  let index = at - 2;
  while (index >= limit && (isDigitCode(text.charCodeAt(index)) || text[index] === ';')) index--;
  return text.charCodeAt(index) === OPEN_BRACKET && text.charCodeAt(index - 1) === ESCAPE;
}

/**
 * True where a word can begin. An escape before it counts as no part of the word, or every secret behind a line end in JSON
 * (`\nsk-…`), an encoded character in a URL (`%3Dsk-…`) or a terminal's colour code would go unseen.
 */
export function wordCanBegin(text: string, at: number): boolean {
  if (!isWordCode(text.charCodeAt(at - 1))) return true;
  const code = (distance: number): number => text.charCodeAt(at - distance);
  if (code(2) === BACKSLASH && LETTER_ESCAPES.has(code(1))) return true;
  if (code(3) === PERCENT && allHex(text, at - 2, at)) return true;
  if (code(4) === BACKSLASH && text[at - 3] === 'x' && allHex(text, at - 2, at)) return true;
  if (code(6) === BACKSLASH && text[at - 5] === 'u' && allHex(text, at - 4, at)) return true;
  return endsColourCode(text, at);
}
