import { PrivateKeyBlocks } from './private-key-block.ts';
import {
  AWS_KEY,
  SECRETS_BY_DASH,
  SECRETS_BY_UNDERSCORE,
  type SecretKind,
  type Sighting,
  sightSsn,
} from './secret-kinds.ts';
import { isDigitCode, wordCanBegin } from './word-boundary.ts';

const DASH = 45;

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

/** The last characters of the prefixes: any other character before a dash or an underscore ends the question. */
function lastLetters(kinds: readonly SecretKind[]): ReadonlySet<number> {
  return new Set(kinds.map(({ prefix }) => prefix.charCodeAt(prefix.length - 2)));
}

const BEFORE_DASH = lastLetters(SECRETS_BY_DASH);
const BEFORE_UNDERSCORE = lastLetters(SECRETS_BY_UNDERSCORE);

function candidateByPrefix(text: string, at: number, kinds: readonly SecretKind[]): Candidate | undefined {
  for (const { name, prefix, sight } of kinds) {
    const start = at + 1 - prefix.length;
    if (start < 0 || !text.startsWith(prefix, start) || !wordCanBegin(text, start)) continue;
    const sighting = sight(text, at + 1);
    if (sighting !== undefined) return { name, start, sighting };
  }
  return undefined;
}

function candidateAtDash(text: string, at: number, blocks: PrivateKeyBlocks): Candidate | undefined {
  const before = text.charCodeAt(at - 1);
  if (BEFORE_DASH.has(before)) return candidateByPrefix(text, at, SECRETS_BY_DASH);
  if (isDigitCode(before)) return { name: 'ssn', start: at - 3, sighting: sightSsn(text, at) };
  const next = text.charCodeAt(at + 1);
  if (next !== DASH && at + 1 < text.length) return undefined;
  return { name: 'pem', start: at, sighting: blocks.sight(at) };
}

function candidateAtUnderscore(text: string, at: number): Candidate | undefined {
  return BEFORE_UNDERSCORE.has(text.charCodeAt(at - 1))
    ? candidateByPrefix(text, at, SECRETS_BY_UNDERSCORE)
    : undefined;
}

function candidateAtKey(text: string, at: number): Candidate | undefined {
  if (!wordCanBegin(text, at)) return undefined;
  return { name: AWS_KEY.name, start: at, sighting: AWS_KEY.sight(text, at + AWS_KEY.prefix.length) };
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
  /** Where a secret begins whose kind cannot be told before more of the text is there. */
  undecidedFrom: number | undefined;

  constructor(text: string, from = 0) {
    this.#text = text;
    this.#blocks = new PrivateKeyBlocks(text);
    this.#from = from;
    this.#dash = text.indexOf('-', from);
    this.#underscore = text.indexOf('_', from);
    this.#key = text.indexOf(AWS_KEY.prefix, from);
  }

  /** The next secret; undefined when there is no other, or when one is undecided and `undecided` is not `skip`. */
  next(undecided: 'stop' | 'skip'): FoundSecret | undefined {
    for (let candidate = this.#advance(); candidate !== 'end'; candidate = this.#advance()) {
      if (candidate?.sighting === undefined || candidate.start < this.#from) continue;
      const { name, start, sighting } = candidate;
      if (sighting !== 'more') {
        this.#from = sighting.end;
        return { name, start, ...sighting };
      }
      if (undecided === 'skip') continue;
      this.undecidedFrom = start;
      return undefined;
    }
    return undefined;
  }

  /** Looks at the next place where a secret can be; places inside of one that was found are passed over. */
  #advance(): Candidate | undefined | 'end' {
    const text = this.#text;
    if (this.#dash >= 0 && this.#dash < this.#from) this.#dash = text.indexOf('-', this.#from);
    if (this.#underscore >= 0 && this.#underscore < this.#from) this.#underscore = text.indexOf('_', this.#from);
    if (this.#key >= 0 && this.#key < this.#from) this.#key = text.indexOf(AWS_KEY.prefix, this.#from);
    const dash = this.#dash < 0 ? text.length : this.#dash;
    const underscore = this.#underscore < 0 ? text.length : this.#underscore;
    const key = this.#key < 0 ? text.length : this.#key;
    if (dash < underscore && dash < key) {
      this.#dash = text.indexOf('-', dash + 1);
      return candidateAtDash(text, dash, this.#blocks);
    }
    if (underscore < key) {
      this.#underscore = text.indexOf('_', underscore + 1);
      return candidateAtUnderscore(text, underscore);
    }
    if (key === text.length) return 'end';
    this.#key = text.indexOf(AWS_KEY.prefix, key + 1);
    return candidateAtKey(text, key);
  }
}
