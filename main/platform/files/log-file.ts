import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { redactSecrets } from '../../kernel/policy/redact-secrets.ts';
import { createLogger, type Logger, type LogLevel } from '../../base/logger.ts';

const LIMIT_BYTES = 8 * 1024 * 1024;
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function levelOf(text: string | undefined): LogLevel {
  return LEVELS.find((level) => level === text) ?? 'info';
}

/** A log that is there before the policy is, and learns from it what else is a secret. */
export interface FileLogger extends Logger {
  /** From now on every text goes through this, beside the kinds that everybody knows. */
  redactBy(redact: (text: string) => string): void;
}

/** Writes to `<folder>/kernel.log`, without secrets; past 8 MiB the file becomes `kernel.1.log`. A disk that is full loses log lines, never work. */
export function fileLogger(folder: string): FileLogger {
  const path = join(folder, 'kernel.log');
  let sizeBytes = existsSync(path) ? statSync(path).size : 0;
  let redact = redactSecrets;
  const logger = createLogger({
    level: levelOf(process.env['CAVERN_LOG']),
    now: Date.now,
    redact: (text) => redact(text),
    write(line) {
      try {
        if (sizeBytes > LIMIT_BYTES) {
          renameSync(path, join(folder, 'kernel.1.log'));
          sizeBytes = 0;
        }
        appendFileSync(path, `${redactSecrets(line)}\n`, { mode: 0o600 });
        sizeBytes += Buffer.byteLength(line) + 1;
      } catch {
        // There is nowhere left to say it.
      }
    },
  });
  return {
    ...logger,
    redactBy(more) {
      redact = more;
    },
  };
}
