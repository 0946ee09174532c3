import type { ReplayEvent } from '../../../../schema/contract/terminal-recording.ts';

/** What a replay is shown on. */
export interface ReplayScreen {
  /** Calls back once the text has been parsed. */
  write(text: string, parsed: () => void): void;
  resize(cols: number, rows: number): void;
}

export interface ReplayOptions {
  readonly events: AsyncIterable<ReplayEvent>;
  readonly screen: ReplayScreen;
  /** How many times as fast. */
  readonly speed: () => number;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onTime: (atMs: number) => void;
  readonly signal: AbortSignal;
}

/** Nobody watches a pause for longer. */
const LONGEST_PAUSE_MS = 2000;

/** Shows a recording with its pauses, the long ones cut. Resolves at its end. */
export async function replay({ events, screen, speed, wait, onTime, signal }: ReplayOptions): Promise<void> {
  let lastMs = 0;
  for await (const event of events) {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, event.atMs - lastMs) / speed();
    if (pauseMs > 0) await wait(pauseMs, signal);
    if (signal.aborted) return;
    lastMs = event.atMs;
    onTime(event.atMs);
    if (event.type === 'size') screen.resize(event.cols, event.rows);
    else await shown(screen, event.text, signal);
  }
}

/** Resolves when the screen may be given more, or nobody looks any more. */
function shown(screen: ReplayScreen, text: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
    screen.write(text, done);
  });
}
