import type { LogFilter, LogLevel, LogLine } from '../../../schema/contract/diagnostics.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
/** What of a line's details is shown: a stack of causes can be long. */
const DETAILS_CHARACTERS = 8000;

/** Reads a line of the log; one that is no JSON, as a crash may leave it, is shown as it is. */
export function readLogLine(text: string): LogLine {
  const value = parsed(text);
  if (value === undefined) return { at: 0, level: 'info', part: '', message: text, details: '' };
  const { at, level, message, part, ...rest } = value;
  return {
    at: timeOf(at),
    level: LEVELS.find((one) => one === level) ?? 'info',
    part: typeof part === 'string' ? part : '',
    message: typeof message === 'string' ? message : text,
    details: Object.keys(rest).length === 0 ? '' : JSON.stringify(rest, null, 2).slice(0, DETAILS_CHARACTERS),
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // An object that is no list has members by name.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function timeOf(at: unknown): number {
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return Number.isNaN(time) || time < 0 ? 0 : time;
}

/** True for the lines that a filter wants. */
export function logFilter({ level, part, text }: LogFilter): (line: LogLine) => boolean {
  const least = level === undefined ? 0 : LEVELS.indexOf(level);
  const wanted = text?.toLowerCase() ?? '';
  return (line) =>
    LEVELS.indexOf(line.level) >= least &&
    (part === undefined || part === '' || line.part === part) &&
    (wanted === '' || `${line.message}\n${line.details}`.toLowerCase().includes(wanted));
}
