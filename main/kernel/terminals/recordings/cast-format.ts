import type { ReplayEvent } from '../../../../schema/contract/terminal-recording.ts';
import type { SessionId, TerminalId } from '../../../../schema/entities.ts';

/** The first line of a file, as https://docs.asciinema.org/manual/asciicast/v2/ has it; what is ours stands under `cavern`. */
export interface CastHeader {
  readonly cols: number;
  readonly rows: number;
  readonly startedAt: number;
  readonly title: string;
  readonly session: SessionId;
  readonly terminal: TerminalId;
}

export function headerLine({ cols, rows, startedAt, title, session, terminal }: CastHeader): string {
  return JSON.stringify({
    version: 2,
    width: cols,
    height: rows,
    timestamp: Math.floor(startedAt / 1000),
    title,
    env: { TERM: 'xterm-256color', SHELL: '/bin/bash' },
    cavern: { session, terminal, startedAt },
  });
}

/** Seconds from the beginning, the kind (`o`: output, `r`: another size), and what. */
export function eventLine(atMs: number, kind: 'o' | 'r', what: string): string {
  return JSON.stringify([Math.max(0, Math.round(atMs)) / 1000, kind, what]);
}

/** Undefined for what is no header of ours: somebody else's file. */
export function readHeader(line: string): CastHeader | undefined {
  const value = parsed(line);
  if (!isRecord(value) || value['version'] !== 2 || !isRecord(value['cavern'])) return undefined;
  const { width: cols, height: rows, title } = value;
  const { session, terminal, startedAt } = value['cavern'];
  if (typeof cols !== 'number' || typeof rows !== 'number' || typeof startedAt !== 'number') return undefined;
  if (typeof session !== 'string' || typeof terminal !== 'string' || typeof title !== 'string') return undefined;
  // Brands exist for the compiler only; nothing is looked up by them.
  return { cols, rows, startedAt, title, session: session as SessionId, terminal: terminal as TerminalId };
}

/** Undefined for a line that shows nothing: a kind that is not known, or one that was cut off. */
export function readEvent(line: string): ReplayEvent | undefined {
  const value = parsed(line);
  if (!Array.isArray(value)) return undefined;
  const [seconds, kind, what] = value as unknown[]; // An array of anything.
  if (typeof seconds !== 'number' || !(seconds >= 0) || typeof what !== 'string') return undefined;
  const atMs = seconds * 1000;
  if (kind === 'o') return { type: 'output', text: what, atMs };
  return kind === 'r' ? sizeEvent(what, atMs) : undefined;
}

/** `COLSxROWS`. */
function sizeEvent(text: string, atMs: number): ReplayEvent | undefined {
  const [, cols, rows] = /^(\d{1,4})x(\d{1,4})$/.exec(text) ?? [];
  const size = { cols: Number(cols), rows: Number(rows) };
  const isSize = size.cols >= 2 && size.cols <= 1000 && size.rows >= 1 && size.rows <= 1000;
  return isSize ? { type: 'size', ...size, atMs } : undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
