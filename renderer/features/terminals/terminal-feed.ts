import type { TerminalEvent } from '../../../schema/contract/terminal.ts';

/** What a feed writes to; xterm.js in the window, a fake in tests. */
export interface TerminalScreen {
  /** Calls back once the text has been parsed. */
  write(text: string, parsed: () => void): void;
  reset(): void;
  resize(cols: number, rows: number): void;
}

export interface FeedOptions {
  readonly events: AsyncIterable<TerminalEvent>;
  readonly screen: TerminalScreen;
  readonly onSnapshot: () => void;
  readonly onExit: (exitCode: number) => void;
  /** Something was printed after the snapshot. */
  readonly onOutput: () => void;
}

/** Characters that may wait to be parsed before the next event is taken; it bounds the window's memory. */
export const UNPARSED_LIMIT = 512 * 1024;

/**
 * Moves a terminal's events to the screen. No event is taken while too much is still unparsed, so that a flood is held
 * back where it comes from.
 */
export async function feedTerminal({ events, screen, onSnapshot, onExit, onOutput }: FeedOptions): Promise<void> {
  const backlog = new Backlog(screen);
  for await (const event of events) {
    if (event.type === 'text') {
      onOutput();
      await backlog.write(event.text);
    } else if (event.type === 'exit') onExit(event.exitCode);
    else if (event.type === 'resize') screen.resize(event.cols, event.rows);
    else {
      screen.reset();
      screen.resize(event.cols, event.rows);
      // It was taken at this size, so all of it is parsed before the pane may give another.
      await new Promise<void>((parsed) => screen.write(event.text, parsed));
      onSnapshot();
    }
  }
}

/** The characters that the screen has been given and has not parsed yet. */
class Backlog {
  readonly #screen: TerminalScreen;
  #unparsed = 0;
  #wake: (() => void) | undefined;

  constructor(screen: TerminalScreen) {
    this.#screen = screen;
  }

  /** Resolves once there is room for more. */
  async write(text: string): Promise<void> {
    this.#unparsed += text.length;
    this.#screen.write(text, () => {
      this.#unparsed -= text.length;
      this.#wake?.();
    });
    while (this.#unparsed > UNPARSED_LIMIT) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
