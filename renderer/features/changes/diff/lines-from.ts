/** The lines of a text from an offset on, each with its break; found as they are asked for. */
export class LinesFrom {
  readonly #text: string;
  readonly #starts: number[];

  constructor(text: string, offset: number) {
    this.#text = text;
    this.#starts = [offset];
  }

  /** Where a line begins; behind the last one, the end of the text; undefined beyond. */
  start(line: number): number | undefined {
    for (let last = this.#starts.at(-1) ?? 0; this.#starts.length <= line && last < this.#text.length; ) {
      const end = this.#text.indexOf('\n', last);
      last = end === -1 ? this.#text.length : end + 1;
      this.#starts.push(last);
    }
    return this.#starts[line];
  }

  at(line: number): string | undefined {
    const [from, to] = [this.start(line), this.start(line + 1)];
    return from === undefined || to === undefined ? undefined : this.#text.slice(from, to);
  }
}

const BLOCK_CHARS = 65_536;

/**
 * How many characters are equal from a place on. Whole blocks are held against one another, which the engine does many
 * times faster than any loop over lines, on its first run too.
 */
export function commonLength(a: string, b: string, from: { readonly a: number; readonly b: number }): number {
  const limit = Math.min(a.length - from.a, b.length - from.b);
  let length = 0;
  let block = BLOCK_CHARS;
  while (length < limit) {
    const [atA, atB, take] = [from.a + length, from.b + length, Math.min(block, limit - length)];
    if (a.slice(atA, atA + take) === b.slice(atB, atB + take)) length += take;
    else if (take === 1) break;
    else block = take >> 1;
  }
  return length;
}
