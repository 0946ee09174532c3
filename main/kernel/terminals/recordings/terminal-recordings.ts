import type { TerminalEvent } from '../../../../schema/contract/terminal.ts';
import type { ReplayEvent, TerminalRecording } from '../../../../schema/contract/terminal-recording.ts';
import type { Terminal, TerminalId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { Clock } from '../../../base/clock.ts';
import { newId } from '../../../base/id.ts';
import type { Logger } from '../../../base/logger.ts';
import { eventLine, headerLine, readEvent, readHeader } from './cast-format.ts';
import type { CastFile, CastFiles } from './ports.ts';

/** At a time: each holds its terminal to the pace of the disk. */
const AT_ONCE = 16;
/** A recording ends there, in characters. */
const LONGEST = 256 * 1024 * 1024;

export interface TerminalRecordingsOptions {
  readonly files: CastFiles;
  /** Throws `not_found`. */
  readonly terminal: (id: TerminalId) => Terminal;
  readonly attach: (id: TerminalId, signal: AbortSignal) => AsyncIterable<TerminalEvent>;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Running {
  readonly recording: TerminalRecording;
  readonly stopping: AbortController;
  written: number;
  done: Promise<void>;
}

/** Recordings of terminals: those under way, and those that are kept until they are removed. */
export class TerminalRecordings implements AsyncDisposable {
  readonly #options: TerminalRecordingsOptions;
  readonly #running = new Map<TerminalId, Running>();

  constructor(options: TerminalRecordingsOptions) {
    this.#options = options;
  }

  /** From the screen as it is now. A terminal that is recorded already goes on. Throws `not_found`, `limit_reached`. */
  start(id: TerminalId): TerminalRecording {
    const known = this.#running.get(id);
    if (known !== undefined) return seen(known);
    if (this.#running.size >= AT_ONCE) {
      throw new Fault('limit_reached', `Cannot record the terminal: ${AT_ONCE} are being recorded`, {
        fix: 'End one of them first.',
      });
    }
    const { files, terminal, clock, logger } = this.#options;
    const { session, title } = terminal(id);
    const recording = newId();
    const running: Running = {
      recording: {
        id: recording,
        terminal: id,
        session,
        title,
        startedAt: clock.now(),
        sizeBytes: 0,
        state: 'recording',
        file: files.fileOf(recording),
      },
      stopping: new AbortController(),
      written: 0,
      done: Promise.resolve(),
    };
    this.#running.set(id, running);
    running.done = this.#write(running)
      .catch((cause: unknown) => logger.error('A terminal could not be recorded', { terminal: id, cause }))
      .finally(() => this.#running.delete(id));
    return seen(running);
  }

  /** Resolves when all of it is in the file. Throws `not_found` for a terminal that is not recorded. */
  async end(id: TerminalId): Promise<TerminalRecording> {
    const running = this.#running.get(id);
    if (running === undefined)
      throw new Fault('not_found', `Cannot end the recording: terminal "${id}" is not recorded`);
    running.stopping.abort();
    await running.done;
    return { ...seen(running), state: 'kept' };
  }

  /** The newest first. */
  async list(): Promise<TerminalRecording[]> {
    const running = [...this.#running.values()].map(seen);
    const known = new Set(running.map(({ id }) => id));
    const kept = (await this.#options.files.list()).flatMap(({ id, file, sizeBytes, header }): TerminalRecording[] => {
      const read = known.has(id) ? undefined : readHeader(header);
      if (read === undefined) return [];
      const { terminal, session, title, startedAt } = read;
      return [{ id, terminal, session, title, startedAt, sizeBytes, state: 'kept', file }];
    });
    return [...running, ...kept].toSorted((a, b) => b.startedAt - a.startedAt);
  }

  /** As it was, without the pauses between: whoever shows it keeps to the times. Throws `not_found`. */
  async *replay(id: string, signal: AbortSignal): AsyncGenerator<ReplayEvent, void, undefined> {
    let isFirst = true;
    for await (const line of this.#options.files.lines(id, signal)) {
      const header = isFirst ? readHeader(line) : undefined;
      if (isFirst && header === undefined) throw new Fault('not_found', `Cannot replay "${id}": it is no recording`);
      isFirst = false;
      const event: ReplayEvent | undefined =
        header === undefined ? readEvent(line) : { type: 'size', cols: header.cols, rows: header.rows, atMs: 0 };
      if (event !== undefined) yield event;
    }
  }

  /** Ends it first where it is under way. */
  async remove(id: string): Promise<void> {
    const running = [...this.#running.values()].find(({ recording }) => recording.id === id);
    if (running !== undefined) await this.end(running.recording.terminal);
    await this.#options.files.remove(id);
  }

  /** What was recorded so far is kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.end(id)));
  }

  async #write(running: Running): Promise<void> {
    const { files, attach, clock } = this.#options;
    const { recording, stopping } = running;
    const file = await files.create(recording.id);
    try {
      let isFirst = true;
      for await (const event of attach(recording.terminal, stopping.signal)) {
        const atMs = clock.now() - recording.startedAt;
        if (event.type === 'exit') break;
        if (event.type === 'resize') await put(running, file, eventLine(atMs, 'r', `${event.cols}x${event.rows}`));
        else if (event.type === 'text') await put(running, file, eventLine(atMs, 'o', event.text));
        else {
          if (isFirst) await put(running, file, headerLine({ ...recording, cols: event.cols, rows: event.rows }));
          // A later one stands for what this reader was too slow for: the screen begins anew.
          await put(running, file, eventLine(isFirst ? 0 : atMs, 'o', isFirst ? event.text : `\x1bc${event.text}`));
          isFirst = false;
        }
        if (running.written > LONGEST) break;
      }
    } finally {
      await file.end();
    }
  }
}

async function put(running: Running, file: CastFile, line: string): Promise<void> {
  running.written += line.length + 1;
  await file.write(line);
}

function seen({ recording, written }: Running): TerminalRecording {
  return { ...recording, sizeBytes: written };
}
