import Database from 'better-sqlite3';
import { betterSqliteBinding } from './better-sqlite-binding.ts';

export type Connection = Database.Database;

/** In the header of every database of ours ("CAVN"): a database of another program is told from a damaged one. */
export const APPLICATION_ID = 0x4341_564e;

/**
 * To what a WAL is cut that grew larger while a reader held it, as the verification of a long chain does: nothing else cuts it before the
 * program ends (https://sqlite.org/pragma.html#pragma_journal_size_limit).
 */
const WAL_LIMIT_BYTES = 16 * 1024 * 1024;

/** A reader or the backup may hold the file for a moment; nothing holds it for longer. */
const BUSY_TIMEOUT_MS = 5000;

/** The one connection that writes. Creates the file where there is none. */
export function openWriter(file: string): Connection {
  return asWriter(open(file, {}));
}

/** The same on a file that must be there: one that vanished is not replaced by an empty one. */
export function reopenWriter(file: string): Connection {
  const connection = asWriter(open(file, { fileMustExist: true }));
  // After a failed sync the system may count pages as written that are not on disk. This reads them from the WAL and writes them again.
  connection.pragma('wal_checkpoint(TRUNCATE)');
  return connection;
}

/** A connection to look at a file with, as it is: what a crash left in its WAL is read, its mode is not changed. */
export function openForInspection(file: string): Connection {
  return open(file, { fileMustExist: true });
}

/** A connection that only reads; the file must be there. */
export function openReader(file: string): Connection {
  return open(file, { readonly: true, fileMustExist: true });
}

function asWriter(connection: Connection): Connection {
  connection.pragma('journal_mode = WAL');
  // The worker does it itself, after it has answered.
  connection.pragma('wal_autocheckpoint = 0');
  connection.pragma('synchronous = FULL');
  connection.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  return connection;
}

function open(file: string, options: Database.Options): Connection {
  const nativeBinding = betterSqliteBinding();
  return new Database(file, {
    ...options,
    timeout: BUSY_TIMEOUT_MS,
    ...(nativeBinding === undefined ? {} : { nativeBinding }),
  });
}
