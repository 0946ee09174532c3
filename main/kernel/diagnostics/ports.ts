/** A line as it stands in the log, and the place where it begins. */
export interface PlacedLine {
  readonly text: string;
  readonly place: string;
}

/** The files of the log, as one text that only grows at its end. */
export interface LogSource {
  /** Whole lines before a place, the newest first, in pieces; from the end if absent. Places of files that are gone give nothing. */
  back(before: string | undefined, signal: AbortSignal): AsyncIterable<readonly PlacedLine[]>;
  /** Whole lines that came since a place, and the place of the end. Without a place: only where the end is. */
  since(place: string | undefined): Promise<{ readonly lines: readonly string[]; readonly place: string }>;
}

export interface CrashFile {
  readonly file: string;
  readonly text: string;
}

/** The crash reports of the home, the newest first. */
export interface CrashSource {
  list(): Promise<readonly CrashFile[]>;
}

/** Writes one archive: all of it or nothing. Gives its size. */
export type SaveArchive = (
  file: string,
  entries: readonly { readonly name: string; readonly text: string }[],
) => Promise<number>;
