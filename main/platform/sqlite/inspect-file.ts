import { Fault } from '../../../schema/fault.ts';
import { APPLICATION_ID, type Connection, openForInspection } from './connection.ts';
import { versionOf } from './migrations.ts';
import { meansDamage } from './storage-fault.ts';

/** `foreign`: a sound database of another program. `empty`: one without a table, as a first start that a crash cut off leaves it. */
export type FileState = 'good' | 'damaged' | 'foreign' | 'empty';

/** What a file with something in it is. Throws what is wrong with the disk. */
export function inspectFile(file: string): FileState {
  let connection: Connection | undefined;
  try {
    connection = openForInspection(file);
    return stateOf(connection);
  } catch (cause) {
    if (meansDamage(cause)) return 'damaged';
    throw cause;
  } finally {
    connection?.close();
  }
}

/** Makes a fresh copy a single file that needs no WAL, and verifies it. Throws a Fault when it is not good. */
export function finishBackup(file: string): void {
  const connection = openForInspection(file);
  try {
    connection.pragma('journal_mode = DELETE');
    if (stateOf(connection) === 'good') return;
  } finally {
    connection.close();
  }
  throw new Fault('storage_failed', 'Cannot back up the database: the copy is damaged', {
    data: { code: 'backup_damaged' },
    fix: 'Restart Cavern: it looks at the database and repairs it from an older backup.',
  });
}

function stateOf(connection: Connection): FileState {
  if (connection.pragma('quick_check(1)', { simple: true }) !== 'ok') return 'damaged';
  if (isEmpty(connection)) return 'empty';
  return connection.pragma('application_id', { simple: true }) === APPLICATION_ID ? 'good' : 'foreign';
}

function isEmpty(connection: Connection): boolean {
  return versionOf(connection) === 0 && connection.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
}
