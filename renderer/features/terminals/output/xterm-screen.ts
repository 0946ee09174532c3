import type { Terminal } from '@xterm/xterm';
import { KeptLines, type ScrollingTerminal } from '../../../../schema/terminal-output/kept-lines.ts';
import { concatenated } from '../../../../schema/terminal-output/plain-output.ts';
import type { Output } from './output-batches.ts';
import type { TerminalScreen } from './terminal-feed.ts';

/** A terminal of xterm.js, with a screen or without. */
export type Xterm = ScrollingTerminal & Pick<Terminal, 'write' | 'reset' | 'resize'>;

/** The screen of xterm.js, which knows what of its output it need not read. */
export class XtermScreen implements TerminalScreen {
  readonly #xterm: Xterm;
  readonly #kept: KeptLines;
  readonly #encoder = new TextEncoder();

  constructor(xterm: Xterm) {
    this.#xterm = xterm;
    this.#kept = new KeptLines(xterm);
  }

  write(output: Output, parsed: () => void): void {
    this.#xterm.write(output, () => {
      this.#kept.afterReading(typeof output === 'string' ? this.#encoder.encode(output) : output);
      parsed();
    });
  }

  shortened(plain: readonly Uint8Array[]): Uint8Array | undefined {
    const kept = this.#kept.areKnown ? this.#kept.of(plain) : undefined;
    return kept && concatenated(kept);
  }

  reset(): void {
    this.#xterm.reset();
    this.#kept.startOver();
  }

  resize(cols: number, rows: number): void {
    this.#xterm.resize(cols, rows);
  }
}
