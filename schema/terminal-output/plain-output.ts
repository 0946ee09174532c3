const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;
const DEL = 0x7f;
/** Before a byte of 80 to 9F: a control character of C1. */
const BEFORE_C1 = 0xc2;
const CSI = 0x5b;
const COLOUR_END = 0x6d;
/** A longer colour is none. */
const LONGEST_PARAMETERS = 64;

/** By byte: 1 for what is plain wherever no sequence has begun: tab, line feed, carriage return, and no control character. */
const IS_TEXT = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isText = byte === TAB || byte === LF || byte === CR || (byte >= 0x20 && byte !== DEL && byte !== BEFORE_C1);
  return isText ? 1 : 0;
});

type State = 'text' | 'before c1' | 'escape' | 'parameters';

/**
 * Says of output that comes in pieces, of UTF-8, which of them are plain: text, ends of lines, tabs and colours, and nothing that moves the
 * cursor, switches a mode, rings or asks for an answer. A colour at the end of a piece may go on in the next.
 */
export class PlainOutput {
  #state: State = 'text';
  #parameters = 0;

  /** No character and no sequence has begun that what comes next would end. */
  get isAtRest(): boolean {
    return this.#state === 'text';
  }

  /** Whether this piece is plain where it follows the last one; after one that is not, as if it began something new. */
  push(piece: Uint8Array): boolean {
    const { length } = piece;
    let state = this.#state;
    for (let at = 0; at < length; at += 1) {
      // Nearly all of them, and all that is done about each.
      if (state === 'text') while (at < length && IS_TEXT[piece[at] ?? 0] === 1) at += 1;
      if (at === length) break;
      const next = this.#follow(state, piece[at] ?? 0);
      if (next === undefined) {
        this.#state = 'text';
        return false;
      }
      state = next;
    }
    this.#state = state;
    return true;
  }

  /** Undefined where the byte is not plain there. */
  #follow(state: State, byte: number): State | undefined {
    if (state === 'escape') {
      this.#parameters = 0;
      return byte === CSI ? 'parameters' : undefined;
    }
    if (state === 'parameters') return this.#followParameters(byte);
    if (state === 'before c1' && byte >= 0x80 && byte < 0xa0) return undefined;
    if (byte === ESC) return 'escape';
    if (byte === BEFORE_C1) return 'before c1';
    return IS_TEXT[byte] === 1 ? 'text' : undefined;
  }

  #followParameters(byte: number): State | undefined {
    if (byte === COLOUR_END) return 'text';
    this.#parameters += 1;
    // Digits, colon, semicolon.
    return byte >= 0x30 && byte <= 0x3b && this.#parameters <= LONGEST_PARAMETERS ? 'parameters' : undefined;
  }
}

/** Of one piece: itself. */
export function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
