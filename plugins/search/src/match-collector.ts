import { relativePath } from './ripgrep.ts';
import { type RipgrepLine, type RipgrepMessage, textOf } from './ripgrep-message.ts';
import { type Range, shownText } from './shown-text.ts';

export interface Line {
  readonly line: number;
  readonly text: string;
}

export interface Match extends Line {
  readonly path: string;
  /** Bytes from the start of the text; the first is 0. */
  readonly ranges: Range[];
  readonly before: Line[];
  readonly after: Line[];
}

export interface CollectorLimits {
  readonly matches: number;
  readonly bytes: number;
  readonly before: number;
  readonly after: number;
}

/** The last one may lack its end. */
function linesIn(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** Turns the messages of `rg --json` into matches with their context, up to a limit. */
export class MatchCollector {
  readonly matches: Match[] = [];
  readonly #limits: CollectorLimits;
  #bytes = 0;
  #truncated = false;
  /** Context lines since the last match of the same file. */
  #pending: Line[] = [];
  #path = '';
  #last: Match | undefined;
  /** The last of the lines that the last match spans. */
  #lastLine = 0;

  constructor(limits: CollectorLimits) {
    this.#limits = limits;
  }

  /** There were more matches than fit. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** Gives the match that the message holds, where it holds one that fits. */
  take(message: RipgrepMessage): Match | undefined {
    if (message.type === 'match') return this.#match(message.data);
    this.#context(message.data);
    return undefined;
  }

  #enter(path: string): void {
    if (path === this.#path) return;
    this.#path = path;
    this.#pending = [];
    this.#last = undefined;
  }

  #match(data: RipgrepLine): Match | undefined {
    const path = relativePath(textOf(data.path));
    this.#enter(path);
    const { text, ranges } = shownText(data.lines, data.submatches);
    if (this.matches.length >= this.#limits.matches || this.#bytes + text.length > this.#limits.bytes) {
      this.#truncated = true;
      return undefined;
    }
    const line = data.line_number ?? 0;
    const before =
      this.#limits.before === 0 ? [] : this.#pending.filter((each) => each.line >= line - this.#limits.before);
    const match: Match = { path, line, text, ranges, before, after: [] };
    this.#pending = [];
    this.#last = match;
    this.#lastLine = line + linesIn(textOf(data.lines)) - 1;
    this.matches.push(match);
    this.#bytes += text.length;
    return match;
  }

  #context(data: RipgrepLine): void {
    this.#enter(relativePath(textOf(data.path)));
    const line: Line = { line: data.line_number ?? 0, text: shownText(data.lines, []).text };
    if (this.#bytes + line.text.length > this.#limits.bytes) {
      this.#truncated = true;
      return;
    }
    this.#bytes += line.text.length;
    if (this.#last && line.line <= this.#lastLine + this.#limits.after) this.#last.after.push(line);
    this.#pending.push(line);
  }
}
