import { concatenated } from './plain-output.ts';

/** What is kept of an unfinished sequence; of a longer one (an image) the beginning, so that its rest is not taken for text. */
const LIMIT = 64 * 1024;

const NOTHING = new Uint8Array();
const ESC = 0x1b;
/** Before a byte of 80 to 9F: a control character of C1. */
const BEFORE_C1 = 0xc2;
/** Any byte of any other character beyond ASCII. */
const NO_CONTROL = 0xa0;
/** The introducers of one character (ECMA-48, C1): DCS, SOS, CSI, OSC, PM, APC. */
const INTRODUCERS = new Map<number, State>([
  [0x90, 'string'],
  [0x98, 'string'],
  [0x9b, 'csi'],
  [0x9d, 'osc'],
  [0x9e, 'string'],
  [0x9f, 'string'],
  [ESC, 'escape'],
]);
/** The same of two characters, by the one after ESC. */
const AFTER_ESC = new Map<number, State>([
  [0x50, 'string'],
  [0x58, 'string'],
  [0x5b, 'csi'],
  [0x5d, 'osc'],
  [0x5e, 'string'],
  [0x5f, 'string'],
]);
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;

/** The states of the parser at vt100.net/emu/dec_ansi_parser, as far as they differ in where a sequence ends. */
type State = 'ground' | 'escape' | 'csi' | 'osc' | 'string';

/**
 * Follows a terminal's output, in UTF-8, and knows the control sequence that it has begun and not finished. A serialised screen does
 * not hold it; without it the rest of the sequence would show as text to whoever joins in its middle.
 */
export class EscapeTail {
  #tail: Uint8Array = NOTHING;

  /** Empty between sequences. */
  get bytes(): Uint8Array {
    return this.#tail;
  }

  /** Whole characters. */
  push(output: Uint8Array): void {
    // Whatever state the parser is in, an introducer begins anew: only what follows the last one matters.
    const start = lastIntroducer(output);
    if (start >= 0) this.#tail = unfinished(output.subarray(start));
    else if (this.#tail.length > 0) this.#tail = unfinished(concatenated([this.#tail, output]));
  }
}

function lastIntroducer(output: Uint8Array): number {
  for (let at = output.length - 1; at >= 0; at -= 1) {
    const byte = output[at] ?? 0;
    if (byte === ESC) return at;
    if (byte === BEFORE_C1 && INTRODUCERS.has(output[at + 1] ?? 0)) return at;
  }
  return -1;
}

/** The sequence without the control characters that were obeyed on the way; empty when it is complete. */
function unfinished(sequence: Uint8Array): Uint8Array {
  let state: State = 'ground';
  const kept: number[] = [];
  for (let at = 0; at < sequence.length; at += 1) {
    const byte = sequence[at] ?? 0;
    const c1 = byte === BEFORE_C1 ? (sequence[at + 1] ?? 0) : 0;
    const isC1 = c1 >= 0x80 && c1 < 0xa0;
    const code = isC1 ? c1 : byte < 0x80 ? byte : NO_CONTROL;
    state = follow(state, code);
    if (state === 'ground') return NOTHING;
    if (code >= 0x20 || code === ESC || state === 'string') kept.push(byte);
    if (!isC1) continue;
    kept.push(c1);
    at += 1;
  }
  return Uint8Array.from(kept.slice(0, LIMIT));
}

function follow(state: State, code: number): State {
  const introduced = INTRODUCERS.get(code);
  if (introduced !== undefined) return introduced;
  if (code === CAN || code === SUB || (code >= 0x80 && code < 0xa0)) return 'ground';
  if (state === 'osc') return code === BEL ? 'ground' : 'osc';
  if (state === 'string') return 'string';
  if (code < 0x20 || code === 0x7f) return state;
  if (state === 'csi') return code < 0x40 ? 'csi' : 'ground';
  if (code < 0x30) return 'escape';
  return AFTER_ESC.get(code) ?? 'ground';
}
