import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';

const LINE_LIMIT = 1000;

/** The lines of earlier days, kept in a file that only its owner reads. */
export interface History {
  /** The newest first. */
  readonly lines: readonly string[];
  add(line: string): void;
}

export interface HistoryOptions {
  readonly file: string;
  /** Takes out what looks like a secret; a line that has one is not kept. */
  readonly redact: (text: string) => string;
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    // There is none yet, or none that can be read: the prompt works without.
    return [];
  }
}

/** A line that begins with a space, repeats the last one or holds a secret is not kept. A disk that is full loses history only. */
export function openHistory({ file, redact }: HistoryOptions): History {
  const lines = linesOf(file).slice(-LINE_LIMIT).reverse();
  try {
    writeFileSync(
      file,
      lines
        .toReversed()
        .map((line) => `${line}\n`)
        .join(''),
      { mode: 0o600 },
    );
    chmodSync(file, 0o600);
  } catch {
    // As above.
  }
  return {
    lines,
    add(line) {
      if (line.trim() === '' || line.startsWith(' ') || line === lines[0] || redact(line) !== line) return;
      lines.unshift(line);
      try {
        appendFileSync(file, `${line}\n`, { mode: 0o600 });
      } catch {
        // As above.
      }
    },
  };
}
