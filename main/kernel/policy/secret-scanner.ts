import { PrivateKeyBlocks } from './private-key-block.ts';
import {
  AWS_KEY,
  SECRETS_BY_DASH,
  SECRETS_BY_UNDERSCORE,
  type SecretKind,
  type Sighting,
  sightSsn,
} from './secret-kinds.ts';
import { wordCanBegin } from './word-boundary.ts';

const DASH = 45;
const LETTER_B = 66;
const DIGIT_0 = 48;
const DIGIT_9 = 57;

export interface FoundSecret {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** It reaches the end of the text: what follows may belong to it. */
  readonly isOpen: boolean;
}

interface Candidate {
  readonly name: string;
  readonly start: number;
  readonly sighting: Sighting;
}

const ASCII = 128;

/**
 * Which two characters may stand before the dash or underscore that ends a prefix: one look-up tells nearly every such
 * place in ordinary text from a secret's.
 */
function pairsBefore(kinds: readonly SecretKind[]): Uint8Array {
  const pairs = new Uint8Array(ASCII * ASCII);
  for (const { prefix } of kinds) {
    pairs[prefix.charCodeAt(prefix.length - 3) * ASCII + prefix.charCodeAt(prefix.length - 2)] = 1;
  }
  return pairs;
}

const BEFORE_DASH = pairsBefore(SECRETS_BY_DASH);
const BEFORE_UNDERSCORE = pairsBefore(SECRETS_BY_UNDERSCORE);

/** Dashes before the word BEGIN, or so near the end of the text that it may still come. */
function mayBeginBlock(text: string, at: number): boolean {
  if (at + 1 < text.length && text.charCodeAt(at + 1) !== DASH) return false;
  return at + 5 >= text.length || text.charCodeAt(at + 5) === LETTER_B;
}

function candidateByPrefix(text: string, at: number, kinds: readonly SecretKind[]): Candidate | undefined {
  for (const { name, prefix, sight } of kinds) {
    const start = at + 1 - prefix.length;
    if (start < 0 || !text.startsWith(prefix, start) || !wordCanBegin(text, start)) continue;
    const sighting = sight(text, at + 1);
    if (sighting !== undefined) return { name, start, sighting };
  }
  return undefined;
}

/** Cheap, and wrong only where it says yes: nearly every dash of ordinary text ends here. */
function dashIsSuspicious(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (before < ASCII && BEFORE_DASH[text.charCodeAt(at - 2) * ASCII + before] === 1) return true;
  if (before <= DIGIT_9 && before >= DIGIT_0) return at + 3 >= text.length || text.charCodeAt(at + 3) === DASH;
  return text.charCodeAt(at + 1) === DASH || at + 1 === text.length;
}

function candidateAtDash(text: string, at: number, blocks: PrivateKeyBlocks): Candidate | undefined {
  if (mayBeginBlock(text, at)) return { name: 'pem', start: at, sighting: blocks.sight(at) };
  const sighting = sightSsn(text, at);
  if (sighting !== undefined) return { name: 'ssn', start: at - 3, sighting };
  return candidateByPrefix(text, at, SECRETS_BY_DASH);
}

function underscoreIsSuspicious(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return before < ASCII && BEFORE_UNDERSCORE[text.charCodeAt(at - 2) * ASCII + before] === 1;
}

function candidateAtKey(text: string, at: number): Candidate | undefined {
  if (!wordCanBegin(text, at)) return undefined;
  return { name: AWS_KEY.name, start: at, sighting: AWS_KEY.sight(text, at + AWS_KEY.prefix.length) };
}

/** Where a text is found next; its length where it is not, which orders behind every place. */
function placeOf(text: string, sought: string, from: number): number {
  const at = text.indexOf(sought, from);
  return at < 0 ? text.length : at;
}

/**
 * Walks over the secrets of a text. Every kind holds a dash, an underscore or `AKIA`, which the engine finds many times
 * faster than any pattern could be tried; all time is linear.
 */
export class SecretScanner {
  readonly #text: string;
  readonly #blocks: PrivateKeyBlocks;
  #dash: number;
  #underscore: number;
  #key: number;
  #from: number;
  #candidate: Candidate | undefined;
  /** Where a secret begins whose kind cannot be told before more of the text is there. */
  undecidedFrom: number | undefined;

  constructor(text: string, from = 0) {
    this.#text = text;
    this.#blocks = new PrivateKeyBlocks(text);
    this.#from = from;
    this.#dash = placeOf(text, '-', from);
    this.#underscore = placeOf(text, '_', from);
    this.#key = placeOf(text, AWS_KEY.prefix, from);
  }

  /** The next secret; undefined when there is no other, or when one is undecided and `undecided` is not `skip`. */
  next(undecided: 'stop' | 'skip'): FoundSecret | undefined {
    while (this.#advance()) {
      const candidate = this.#candidate;
      if (candidate?.sighting === undefined || candidate.start < this.#from) continue;
      const { name, start, sighting } = candidate;
      if (sighting !== 'more') {
        this.#skipTo(sighting.end);
        return { name, start, ...sighting };
      }
      if (undecided === 'skip') continue;
      this.undecidedFrom = start;
      return undefined;
    }
    return undefined;
  }

  /** Places inside of a secret that was found are passed over. */
  #skipTo(from: number): void {
    const text = this.#text;
    this.#from = from;
    if (this.#dash < from) this.#dash = placeOf(text, '-', from);
    if (this.#underscore < from) this.#underscore = placeOf(text, '_', from);
    if (this.#key < from) this.#key = placeOf(text, AWS_KEY.prefix, from);
  }

  /** Goes on to the next place where a secret may be; false at the end of the text. */
  #advance(): boolean {
    const text = this.#text;
    const end = text.length;
    let dash = this.#dash;
    let underscore = this.#underscore;
    const key = this.#key;
    let candidate: Candidate | undefined;
    // Most places are none: they are passed in this loop, without leaving it.
    for (;;) {
      if (dash < underscore && dash < key) {
        if (dashIsSuspicious(text, dash)) candidate = candidateAtDash(text, dash, this.#blocks);
        dash = placeOf(text, '-', dash + 1);
      } else if (underscore < key) {
        if (underscoreIsSuspicious(text, underscore))
          candidate = candidateByPrefix(text, underscore, SECRETS_BY_UNDERSCORE);
        underscore = placeOf(text, '_', underscore + 1);
      } else break;
      if (candidate !== undefined) break;
    }
    this.#dash = dash;
    this.#underscore = underscore;
    this.#candidate = candidate;
    if (candidate !== undefined) return true;
    if (key === end) return false;
    this.#candidate = candidateAtKey(text, key);
    this.#key = placeOf(text, AWS_KEY.prefix, key + 1);
    return true;
  }
}
