import { Fault } from '../../../schema/fault.ts';

/** What SQLite threw, as a Fault with SQLite's own code in `data.code`; a Fault stays what it is. */
export function storageFault(action: string, thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const code = codeOf(thrown);
  return new Fault('storage_failed', `Cannot ${action}: ${reasonOf(code)}`, {
    cause: thrown,
    data: { code },
    why: thrown instanceof Error ? thrown.message : String(thrown),
    retryable: true,
  });
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'unknown';
}

function reasonOf(code: string): string {
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return 'the disk is full';
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS') return 'the disk is read-only';
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') return 'the disk reports an error';
  if (isDamage(code)) return 'the database is damaged';
  if (code === 'SQLITE_BUSY') return 'another program holds the database';
  return 'the database refused';
}

/** Whether SQLite says that the file itself is bad. */
export function isDamage(code: string): boolean {
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** Whether what was thrown says that the file itself is bad. */
export function meansDamage(thrown: unknown): boolean {
  return isDamage(codeOf(thrown));
}
