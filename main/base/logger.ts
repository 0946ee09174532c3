export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A structured logger; it is always injected. Fields must hold no secret that is not wrapped in `Secret`. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** A logger that adds `fields` to everything it writes. */
  with(fields: Record<string, unknown>): Logger;
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Names of fields stay: they are ours. */
function printableWith(redact: (text: string) => string): (key: string, value: unknown) => unknown {
  return (_key, value) => {
    if (value instanceof Error) return { message: value.message, stack: value.stack, cause: value.cause };
    if (typeof value === 'bigint') return value.toString();
    return typeof value === 'string' ? redact(value) : value;
  };
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Takes one line without its line end. */
  readonly write: (line: string, level: LogLevel) => void;
  readonly now: () => number;
  /** Takes secrets out of every text before it becomes part of a line. */
  readonly redact?: (text: string) => string;
  readonly fields?: Record<string, unknown>;
}

/** Writes one JSON object a line. */
export function createLogger(options: LoggerOptions): Logger {
  const threshold = LEVELS.indexOf(options.level);
  const printable = printableWith(options.redact ?? ((text) => text));
  const log = (level: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
    if (LEVELS.indexOf(level) < threshold) return;
    const at = new Date(options.now()).toISOString();
    options.write(JSON.stringify({ at, level, message, ...options.fields, ...fields }, printable), level);
  };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    with: (fields) => createLogger({ ...options, fields: { ...options.fields, ...fields } }),
  };
}

const ignore = (): void => undefined;

/** For tests and for callers that want no log. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  with: () => silentLogger,
};
