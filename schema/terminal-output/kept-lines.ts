import { EscapeTail } from './escape-tail.ts';
import { lastLines } from './last-lines.ts';

/** What is asked of a terminal of xterm.js, with a screen or without. */
export interface ScrollingTerminal {
  readonly rows: number;
  readonly options: { readonly scrollback?: number };
  readonly buffer: { readonly active: { readonly type: 'normal' | 'alternate' } };
  readonly parser: {
    registerCsiHandler(id: { final: string }, obey: (parameters: (number | number[])[]) => boolean): unknown;
  };
}

/**
 * Leaves out of plain output what a terminal would have scrolled away before anybody can see it: whatever was on the screen and in the
 * scrollback, the last lines alone leave it as all of them would.
 */
export class KeptLines {
  readonly #terminal: ScrollingTerminal;
  #tail = new EscapeTail();
  #isRegionSet = false;

  constructor(terminal: ScrollingTerminal) {
    this.#terminal = terminal;
    // Scrolling a part of the screen only. It is noted and then obeyed; the alternate screen has one of its own.
    terminal.parser.registerCsiHandler({ final: 'r' }, ([top = 0, bottom = 0]) => {
      if (terminal.buffer.active.type === 'alternate') return false;
      this.#isRegionSet = Number(top) > 1 || (Number(bottom) > 0 && Number(bottom) < terminal.rows);
      return false;
    });
  }

  /** A control sequence that has begun and not ended in what the terminal has read. */
  get unfinished(): Uint8Array {
    return this.#tail.bytes;
  }

  /** The terminal begins anew. */
  startOver(): void {
    this.#tail = new EscapeTail();
    this.#isRegionSet = false;
  }

  /** The terminal has read this. Whole characters of UTF-8. */
  afterReading(output: Uint8Array): void {
    this.#tail.push(output);
  }

  /** The screen scrolls as a whole and no sequence has begun: what plain output leaves there is known without reading it. */
  get areKnown(): boolean {
    return this.#terminal.buffer.active.type === 'normal' && !this.#isRegionSet && this.unfinished.length === 0;
  }

  /**
   * The shorter output that does the same as all of these, which come next and are plain, as PlainOutput says. Undefined where nothing can
   * be left out. Only while they are known.
   */
  of(plain: readonly Uint8Array[]): Uint8Array[] | undefined {
    return lastLines(plain, this.lines);
  }

  /** So many of the last lines of plain output are what stays of it. The cursor may be at the top: a screenful is needed before anything scrolls. */
  get lines(): number {
    const { options, rows } = this.#terminal;
    return (options.scrollback ?? 0) + 2 * rows;
  }
}
