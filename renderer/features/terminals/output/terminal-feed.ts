import type { AttachEvent } from '../../../../schema/contract/terminal.ts';
import { OutputBatches, type OutputBatchesOptions, type OutputScreen } from './output-batches.ts';

/** What a feed writes to; xterm.js in the window, a fake in tests. */
export interface TerminalScreen extends OutputScreen {
  reset(): void;
  resize(cols: number, rows: number): void;
}

export interface FeedOptions extends OutputBatchesOptions {
  readonly events: AsyncIterable<AttachEvent>;
  readonly screen: TerminalScreen;
  readonly onSnapshot: () => void;
  readonly onExit: (exitCode: number) => void;
  /** Something was printed after the snapshot. */
  readonly onOutput: () => void;
}

/**
 * Moves a terminal's events to the screen. No event is taken while too much is still unparsed, so that a flood is held
 * back where it comes from.
 */
export async function feedTerminal(options: FeedOptions): Promise<void> {
  const { events, screen, onSnapshot, onExit, onOutput } = options;
  const batches = new OutputBatches(options);
  try {
    for await (const event of events) {
      if (event.type === 'text' || event.type === 'bytes') {
        onOutput();
        await batches.write(event.type === 'text' ? event.text : event.bytes);
        continue;
      }
      // What was printed before belongs to the screen as it was before.
      await batches.drained();
      if (event.type === 'exit') onExit(event.exitCode);
      else if (event.type === 'resize') screen.resize(event.cols, event.rows);
      else {
        screen.reset();
        screen.resize(event.cols, event.rows);
        // It was taken at this size, so all of it is parsed before the pane may give another.
        await new Promise<void>((parsed) => screen.write(event.text, parsed));
        onSnapshot();
      }
    }
    await batches.drained();
  } finally {
    batches[Symbol.dispose]();
  }
}
