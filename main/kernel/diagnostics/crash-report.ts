/** Which part of the program ended, or met an error that nobody caught. */
export type CrashedPart = 'kernel' | 'page' | 'helper';

export interface Crash {
  readonly part: CrashedPart;
  readonly atMs: number;
  /** One line: `crashed (exit code 139)`, or the message of an error. */
  readonly reason: string;
  readonly stack?: string | undefined;
  /** Names and versions, as they are to be read. */
  readonly versions: Readonly<Record<string, string>>;
  readonly uptimeMs: number;
  /** The end of the log, the newest last. */
  readonly lastLines: readonly string[];
}

export const CRASH_FILE = /^crash-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-(kernel|page|helper)\.txt$/;

/** `crash-2026-11-22T02-31-07-123Z-page.txt`: its name sorts by time. */
export function crashFileName({ part, atMs }: Pick<Crash, 'part' | 'atMs'>): string {
  return `crash-${new Date(atMs).toISOString().replaceAll(/[:.]/g, '-')}-${part}.txt`;
}

/** A report for a person to read. `redact` takes secrets out of all of it. */
export function crashText(crash: Crash, redact: (text: string) => string): string {
  const versions = Object.entries(crash.versions).map(([name, version]) => `${name} ${version}`);
  const lines = [
    'Cavern crash report. It was written on this machine and sent nowhere.',
    '',
    `part:     ${crash.part}`,
    `reason:   ${crash.reason}`,
    `at:       ${new Date(crash.atMs).toISOString()}`,
    `running:  ${Math.round(crash.uptimeMs / 1000)} s`,
    `versions: ${versions.join(', ')}`,
    ...(crash.stack === undefined ? [] : ['', 'stack:', crash.stack]),
    ...(crash.lastLines.length === 0 ? [] : ['', 'end of the log:', ...crash.lastLines]),
  ];
  return `${redact(lines.join('\n'))}\n`;
}
