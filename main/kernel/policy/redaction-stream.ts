import { applyOwnPatterns, cutOutsideMatches, type OwnPattern } from './own-patterns.ts';
import { type FoundSecret, SecretScanner } from './secret-scanner.ts';
import { ESCAPE_LOOKBACK } from './word-boundary.ts';

/** Longer than the fixed beginning of any kind of secret. */
const LONGEST_PREFIX = 100;

/** What is kept of a secret that goes on and on: its kind is known, and more of it changes nothing. */
const KEPT_OF_RUN = 256;

/** A line is held back until it ends, for the document's patterns, but no longer than this. */
const MAX_HELD_LINE = 65_536;

/** Where such a line is cut, so much of it is looked at again with what follows. */
const CUT_OVERLAP = 4096;

/** Redacts the named kinds in text that comes in pieces, with the same result as if it came whole. */
class SecretStream {
  /** Text that was passed on already, kept to tell whether a word begins behind it; then text that was not. */
  #buffer = '';
  #from = 0;

  push(chunk: string): string {
    this.#buffer += chunk;
    return this.#redact('stop');
  }

  end(): string {
    return this.#redact('skip');
  }

  #redact(undecided: 'stop' | 'skip'): string {
    const text = this.#buffer;
    const scanner = new SecretScanner(text, this.#from);
    const settled = undecided === 'skip' ? text.length : Math.max(this.#from, this.#tailStart());
    let redacted = '';
    let copied = this.#from;
    let open: FoundSecret | undefined;
    for (let secret = scanner.next(undecided); secret !== undefined; secret = scanner.next(undecided)) {
      if (undecided === 'stop' && secret.isOpen) open = secret;
      if (open !== undefined || secret.start >= settled) break;
      redacted += `${text.slice(copied, secret.start)}[redacted:${secret.name}]`;
      copied = secret.end;
    }
    const limit = Math.max(copied, Math.min(settled, open?.start ?? text.length, scanner.undecidedFrom ?? text.length));
    redacted += text.slice(copied, limit);
    this.#keepFrom(limit, open);
    return redacted;
  }

  /** The last word of the text: a prefix of a secret may be half there. */
  #tailStart(): number {
    const text = this.#buffer;
    let start = text.length;
    const earliest = Math.max(0, text.length - LONGEST_PREFIX);
    while (start > earliest && text.charCodeAt(start - 1) > 32) start--;
    return start;
  }

  #keepFrom(limit: number, open: FoundSecret | undefined): void {
    const context = Math.max(0, limit - ESCAPE_LOOKBACK - 8);
    let kept = this.#buffer.slice(context);
    // A private key block is more than a run of one kind of character, and has a limit of its own.
    if (open !== undefined && open.name !== 'pem' && open.end - open.start > KEPT_OF_RUN)
      kept = kept.slice(0, open.start - context + KEPT_OF_RUN);
    this.#buffer = kept;
    this.#from = limit - context;
  }
}

/**
 * Redacts text that comes in pieces. A word, or with patterns of the document a line, is passed on when it has ended;
 * `end` gives what is left. Memory is bounded by the length of a private key or a line, 64 KiB.
 */
export class RedactionStream {
  readonly #secrets = new SecretStream();
  readonly #own: readonly OwnPattern[];
  #line = '';

  constructor(own: readonly OwnPattern[]) {
    this.#own = own;
  }

  push(chunk: string): string {
    return this.#passOn(this.#secrets.push(chunk));
  }

  end(): string {
    const rest = this.#line + this.#secrets.end();
    this.#line = '';
    return applyOwnPatterns(this.#own, rest);
  }

  #passOn(text: string): string {
    if (this.#own.length === 0) return text;
    this.#line += text;
    const lineEnd = Math.max(this.#line.lastIndexOf('\n'), this.#line.lastIndexOf('\r')) + 1;
    let cut = lineEnd;
    if (this.#line.length - lineEnd > MAX_HELD_LINE)
      cut = cutOutsideMatches(this.#own, this.#line, this.#line.length - CUT_OVERLAP);
    const ready = this.#line.slice(0, cut);
    this.#line = this.#line.slice(cut);
    return applyOwnPatterns(this.#own, ready);
  }
}
