import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, type Logger, type LogLevel } from '../../base/logger.ts';
import { redactSecrets } from '../../kernel/policy/redact-secrets.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function levelOf(text: string | undefined): LogLevel {
  return LEVELS.find((level) => level === text) ?? 'info';
}

/** A log that is there before the policy is, and learns from it what else is a secret. */
export interface KernelLogger extends Logger {
  /** From now on every text goes through this, beside the kinds that everybody knows. */
  redactBy(redact: (text: string) => string): void;
  /** Takes out of a text what is taken out of the log's own. */
  redact(text: string): string;
}

/** How large a log becomes before the next one is begun, and how many that are full are kept. */
export interface Rotation {
  readonly limitBytes: number;
  readonly count: number;
}

const ROTATION: Rotation = { limitBytes: 8 * 1024 * 1024, count: 3 };

/**
 * Writes to `<folder>/kernel.log`, without secrets; a full one becomes `kernel.1.log`, that one `kernel.2.log`, and the
 * oldest goes. A disk that is full loses log lines, never work.
 */
export function fileLogger(folder: string, { limitBytes, count }: Rotation = ROTATION): KernelLogger {
  const path = join(folder, 'kernel.log');
  const full = (number: number): string => join(folder, `kernel.${number}.log`);
  let sizeBytes = existsSync(path) ? statSync(path).size : 0;
  const rotate = (): void => {
    for (let number = count - 1; number > 0; number -= 1) {
      if (existsSync(full(number))) renameSync(full(number), full(number + 1));
    }
    renameSync(path, full(1));
    sizeBytes = 0;
  };
  return kernelLogger((_level, line) => {
    const text = `${line}\n`;
    try {
      if (sizeBytes > 0 && sizeBytes + Buffer.byteLength(text) > limitBytes) rotate();
      appendFileSync(path, text, { mode: 0o600 });
      sizeBytes += Buffer.byteLength(text);
    } catch {
      // There is nowhere left to say it.
    }
  });
}

/** Levels as syslog counts them (sd-daemon(3)), for a stream that the journal reads. */
const PRIORITIES: Readonly<Record<LogLevel, number>> = { debug: 7, info: 6, warn: 4, error: 3 };

/** Writes to a stream, for whoever keeps its lines: the journal learns how grave each is. */
export function streamLogger(stream: Pick<NodeJS.WriteStream, 'write'>, env: NodeJS.ProcessEnv): KernelLogger {
  const hasJournal = (env['JOURNAL_STREAM'] ?? '') !== '';
  return kernelLogger((level, line) => void stream.write(`${hasJournal ? `<${PRIORITIES[level]}>` : ''}${line}\n`));
}

function kernelLogger(write: (level: LogLevel, line: string) => void): KernelLogger {
  let redact = redactSecrets;
  const logger = createLogger({
    level: levelOf(process.env['CAVERN_LOG']),
    now: Date.now,
    redact: (text) => redact(text),
    write: (line, level) => write(level, redactSecrets(line)),
  });
  return {
    ...logger,
    redact: (text) => redactSecrets(redact(text)),
    redactBy(more) {
      redact = more;
    },
  };
}
