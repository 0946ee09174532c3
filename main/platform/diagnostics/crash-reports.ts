import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { CRASH_FILE, type Crash, crashFileName, crashText } from '../../kernel/diagnostics/crash-report.ts';

/** Reports that are kept; the oldest goes. */
const KEPT = 50;
/** Of one run: a part that crashes again and again says nothing new. */
const RUN_LIMIT = 20;
const LAST_LINES = 40;
const TAIL_BYTES = 32 * 1024;

export interface CrashReportsOptions {
  /** The logs of the home; reports lie in `crashes` below it. */
  readonly logs: string;
  /** Of the program itself. */
  readonly version: string;
  readonly redact: (text: string) => string;
  readonly now: () => number;
}

export type CrashNotice = Pick<Crash, 'part' | 'reason' | 'stack'>;

export function crashFolder(logs: string): string {
  return join(logs, 'crashes');
}

/** Writes reports of crashes beside the logs, for this machine's owner alone; nothing is sent anywhere. */
export class CrashReports {
  readonly #options: CrashReportsOptions;
  #written = 0;

  constructor(options: CrashReportsOptions) {
    this.#options = options;
  }

  /** At once, as the process may be about to end. Gives the file; undefined where none could be written. */
  write({ part, reason, stack }: CrashNotice): string | undefined {
    if (this.#written >= RUN_LIMIT) return undefined;
    this.#written += 1;
    const { logs, version, redact, now } = this.#options;
    const folder = crashFolder(logs);
    const atMs = now();
    const crash: Crash = {
      part,
      atMs,
      reason,
      stack,
      versions: versionsOf(version),
      uptimeMs: process.uptime() * 1000,
      lastLines: lastLines(join(logs, 'kernel.log')),
    };
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, crashFileName({ part, atMs }));
      writeFileSync(file, crashText(crash, redact), { mode: 0o600 });
      prune(folder);
      return file;
    } catch {
      // A disk that is full: the log was told already.
      return undefined;
    }
  }
}

/** The reports in a folder, the newest first. */
export function crashFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => CRASH_FILE.test(name))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}

function prune(folder: string): void {
  for (const name of crashFiles(folder).slice(KEPT)) rmSync(join(folder, name), { force: true });
}

function versionsOf(cavern: string): Record<string, string> {
  const { node, electron, chrome } = process.versions;
  const system = `${release()} ${process.arch}`;
  return { cavern, node, ...(electron ? { electron } : {}), ...(chrome ? { chrome } : {}), [process.platform]: system };
}

function lastLines(path: string): string[] {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString('utf8').split('\n').filter(Boolean);
    // The first is the rest of a line, where the file goes further back.
    return lines.slice(size > TAIL_BYTES ? 1 : 0).slice(-LAST_LINES);
  } catch {
    return [];
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
