import type { Sighting } from './secret-kinds.ts';

/** No private key is longer. What begins like one is held back and searched no further than this. */
const MAX_BLOCK_LENGTH = 65_536;

/** A label is a few words in capitals: `OPENSSH PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`. */
const MAX_LABEL_LENGTH = 64;

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const LABEL = /^(?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----/;
const LABEL_PREFIX = /^[A-Z0-9 ]*-{0,4}$/;

type Label = { readonly end: number } | 'more' | undefined;

function labelAt(text: string, from: number): Label {
  const head = text.slice(from, from + MAX_LABEL_LENGTH);
  const label = LABEL.exec(head);
  if (label !== null) return { end: from + label[0].length };
  return from + head.length === text.length && head.length < MAX_LABEL_LENGTH && LABEL_PREFIX.test(head)
    ? 'more'
    : undefined;
}

/** The blocks of private keys in one text. What was searched for one block is not searched again for the next. */
export class PrivateKeyBlocks {
  readonly #text: string;
  #searchedFrom = -1;
  #next: { readonly start: number; readonly label: Label } | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** A block that begins at a dash. Cut off before its end, all that can belong to it is part of it. */
  sight(dash: number): Sighting {
    const text = this.#text;
    const head = text.slice(dash, dash + BEGIN.length);
    if (head.length < BEGIN.length) return BEGIN.startsWith(head) ? 'more' : undefined;
    if (head !== BEGIN) return undefined;
    const label = labelAt(text, dash + BEGIN.length);
    if (label === undefined || label === 'more') return label;
    const limit = dash + MAX_BLOCK_LENGTH;
    const end = this.#endAfter(label.end);
    if (end !== undefined && end.start < limit) {
      return end.label === 'more' || end.label === undefined ? 'more' : { end: end.label.end, isOpen: false };
    }
    const isCut = limit >= text.length;
    const isBlock = /^(?:\r?\n|\\r|\\n)/.test(text.slice(label.end, label.end + 2));
    if (isBlock) return { end: Math.min(limit, text.length), isOpen: isCut };
    // A mention on a line of other text holds nothing; it may still be the head of a block that is written in one line.
    return isCut ? 'more' : undefined;
  }

  #endAfter(from: number): { readonly start: number; readonly label: Label } | undefined {
    const isKnown =
      this.#searchedFrom >= 0 && this.#searchedFrom <= from && (this.#next === undefined || this.#next.start >= from);
    if (isKnown) return this.#next;
    this.#searchedFrom = from;
    this.#next = undefined;
    for (let start = this.#text.indexOf(END, from); start >= 0; start = this.#text.indexOf(END, start + 1)) {
      const label = labelAt(this.#text, start + END.length);
      if (label === undefined) continue;
      this.#next = { start, label };
      break;
    }
    return this.#next;
  }
}
