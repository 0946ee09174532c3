/** Of lines that are no messages: whoever prints to standard output by mistake is told so, and does not drown the rest. */
const PROBLEM_LIMIT = 20;
const TEXT_LIMIT = 500;

const LEVELS: Readonly<Record<string, 'debug' | 'info' | 'warn' | 'error'>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warning: 'warn',
};

export interface LoggedMessage {
  readonly level: string;
  readonly logger?: string | undefined;
  readonly data?: unknown;
}

/** What an MCP server says of itself, as lines of the plugin's log. */
export class ServerLog {
  readonly #write: (line: string) => void;
  #problems = 0;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** A message of the protocol's own logging. */
  message({ level, logger, data }: LoggedMessage): void {
    const message = typeof data === 'string' ? data : JSON.stringify(data ?? null);
    const by = logger === undefined ? {} : { logger };
    this.#write(`${JSON.stringify({ ...by, level: LEVELS[level] ?? 'error', message })}\n`);
  }

  /** Something that is not as the protocol has it, and was left out. */
  problem(text: string): void {
    this.#problems += 1;
    if (this.#problems > PROBLEM_LIMIT) return;
    const rest = this.#problems === PROBLEM_LIMIT ? '; further ones are not told' : '';
    const message = `What the MCP server said was left out: ${text.slice(0, TEXT_LIMIT)}${rest}`;
    this.#write(`${JSON.stringify({ level: 'warn', message })}\n`);
  }
}
