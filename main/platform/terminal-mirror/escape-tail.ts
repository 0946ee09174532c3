/** What is kept of an unfinished sequence; of a longer one (an image) the beginning, so that its rest is not taken for text. */
const LIMIT = 64 * 1024;

const ESC = 0x1b;
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
 * Follows a terminal's output and knows the control sequence that it has begun and not finished. A serialised screen does
 * not hold it; without it the rest of the sequence would show as text to whoever joins in its middle.
 */
export class EscapeTail {
  #tail = '';

  /** Empty between sequences. */
  get text(): string {
    return this.#tail;
  }

  push(text: string): void {
    // Whatever state the parser is in, an introducer begins anew: only what follows the last one matters.
    const start = lastIntroducer(text);
    const candidate = start === -1 ? (this.#tail === '' ? '' : this.#tail + text) : text.slice(start);
    this.#tail = candidate === '' ? '' : unfinished(candidate).slice(0, LIMIT);
  }
}

function lastIntroducer(text: string): number {
  for (let at = text.length - 1; at >= 0; at -= 1) if (INTRODUCERS.has(text.charCodeAt(at))) return at;
  return -1;
}

/** The sequence without the control characters that were obeyed on the way; empty when it is complete. */
function unfinished(sequence: string): string {
  let state: State = 'ground';
  let kept = '';
  for (let at = 0; at < sequence.length; at += 1) {
    const code = sequence.charCodeAt(at);
    state = follow(state, code);
    if (state === 'ground') return '';
    if (code >= 0x20 || code === ESC || state === 'string') kept += sequence.charAt(at);
  }
  return kept;
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
