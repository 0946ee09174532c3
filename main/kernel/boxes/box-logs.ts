import type { BoxLogLine } from '../../../schema/contract/box.ts';
import type { ActId, SessionId } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';

/** What is kept of a sandbox's log: the newest lines. */
const LINES_LIMIT = 2000;
const CHARACTERS_LIMIT = 512 * 1024;
/** A longer line is written as several. */
const LINE_LIMIT = 8192;
/** So many lines are handed out before others get a turn. */
const PAGE = 200;

interface Kept {
  readonly lines: BoxLogLine[];
  characters: number;
  readonly wake: Set<() => void>;
}

/**
 * What commands printed in each sandbox, in memory: as much as is kept, for whoever follows it. A reader takes lines from
 * what is kept at its own pace, so a slow one costs nothing and misses what has gone in the meantime.
 */
export class BoxLogs {
  readonly #clock: Clock;
  readonly #kept = new Map<SessionId, Kept>();
  #lastSeq: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    // Higher than any number of an earlier start, so that a reader that comes back goes on rightly.
    this.#lastSeq = clock.now();
  }

  /** The state is a line as well: who reads along sees why nothing comes any more. */
  tellState(session: SessionId, state: 'running' | 'stopped'): void {
    this.#add(session, { stream: 'state', text: state });
  }

  /** Takes the output of one command; `end` writes what had no line end. */
  writer(session: SessionId, execution: ActId): LogWriter {
    return new LogWriter((stream, text) => this.#add(session, { stream, execution, text }));
  }

  forget(session: SessionId): void {
    const kept = this.#kept.get(session);
    this.#kept.delete(session);
    for (const wake of kept?.wake ?? []) wake();
  }

  /** What is kept with a higher number than `after`, then what comes; ends when the signal aborts or the sandbox is removed. */
  async *follow(session: SessionId, after: number, signal: AbortSignal): AsyncGenerator<BoxLogLine, void, undefined> {
    const kept = this.#of(session);
    let last = after;
    while (!signal.aborted) {
      const next = linesAfter(kept.lines, last);
      for (const line of next) {
        yield line;
        last = line.seq;
      }
      if (next.length > 0) continue;
      if (this.#kept.get(session) !== kept) return;
      await changeOf(kept, signal);
    }
  }

  #of(session: SessionId): Kept {
    const kept = this.#kept.get(session) ?? { lines: [], characters: 0, wake: new Set() };
    this.#kept.set(session, kept);
    return kept;
  }

  #add(session: SessionId, line: Omit<BoxLogLine, 'seq' | 'at'>): void {
    const kept = this.#of(session);
    this.#lastSeq += 1;
    kept.lines.push({ seq: this.#lastSeq, at: this.#clock.now(), ...line });
    kept.characters += line.text.length;
    while (kept.lines.length > LINES_LIMIT || kept.characters > CHARACTERS_LIMIT) {
      kept.characters -= kept.lines.shift()?.text.length ?? 0;
    }
    for (const wake of kept.wake) wake();
  }
}

/** A page of the lines behind a number; they are in order. */
function linesAfter(lines: readonly BoxLogLine[], after: number): readonly BoxLogLine[] {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.seq ?? 0) > after) high = middle;
    else low = middle + 1;
  }
  return lines.slice(low, low + PAGE);
}

function changeOf(kept: Kept, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      kept.wake.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    kept.wake.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    if (signal.aborted) wake();
  });
}

/** Makes lines of the bytes that a command prints, each stream for itself. */
export class LogWriter {
  readonly #write: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly #rest = { stdout: '', stderr: '' };

  constructor(write: (stream: 'stdout' | 'stderr', text: string) => void) {
    this.#write = write;
  }

  push(stream: 'stdout' | 'stderr', text: string): void {
    const lines = (this.#rest[stream] + text).split('\n');
    this.#rest[stream] = lines.pop() ?? '';
    for (const line of lines) this.#writeLine(stream, line.replace(/\r$/, ''));
    while (this.#rest[stream].length > LINE_LIMIT) {
      this.#write(stream, this.#rest[stream].slice(0, LINE_LIMIT));
      this.#rest[stream] = this.#rest[stream].slice(LINE_LIMIT);
    }
  }

  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#rest[stream] !== '') this.#writeLine(stream, this.#rest[stream]);
      this.#rest[stream] = '';
    }
  }

  #writeLine(stream: 'stdout' | 'stderr', line: string): void {
    for (let start = 0; start === 0 || start < line.length; start += LINE_LIMIT)
      this.#write(stream, line.slice(start, start + LINE_LIMIT));
  }
}
