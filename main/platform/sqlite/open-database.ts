import { copyFileSync, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { type Connection, openWriter } from './connection.ts';
import { type DatabaseFiles, hasContent, listBackups, setAside } from './database-files.ts';
import { inspectFile } from './inspect-file.ts';
import { migrate } from './migrations.ts';
import { readChainHead, salvage } from './salvage.ts';
import { storageFault } from './storage-fault.ts';

/** What was wrong with the database, and what it was replaced by. */
export interface Recovery {
  /** A sentence for the operator. */
  readonly message: string;
  readonly problem: 'damaged' | 'foreign' | 'missing';
  /** Where the damaged file is kept. */
  readonly setAside?: string;
  /** `salvaged`: from the damaged file itself; `backup`: an older state; `nothing`: a new, empty database. */
  readonly source: 'salvaged' | 'backup' | 'nothing';
  readonly backup?: string;
  /** The last audit record that the new database holds. */
  readonly lastSeq: number;
}

export interface OpenDatabase {
  readonly connection: Connection;
  readonly recovery?: Recovery;
}

/**
 * Opens the database and brings it to the newest schema. One that is damaged, missing or not ours is set aside and replaced
 * by what can be read of it or by the newest good backup, whichever reaches further; the answer says so. Throws a Fault
 * when not even that is possible.
 */
export function openDatabase(files: DatabaseFiles, nowMs: number): OpenDatabase {
  try {
    const problem = problemOf(files);
    if (problem === undefined) return { connection: migrated(openWriter(files.database)) };
    return recover(files, problem, nowMs);
  } catch (cause) {
    throw storageFault('open the database', cause);
  }
}

function problemOf(files: DatabaseFiles): Recovery['problem'] | undefined {
  const found = hasContent(files.database) ? inspectFile(files.database) : 'empty';
  if (found !== 'empty') return found === 'good' ? undefined : found;
  // A home that was in use has a checkpoint or a backup; without either this is the first start.
  return existsSync(files.note) || listBackups(files).length > 0 ? 'missing' : undefined;
}

function recover(files: DatabaseFiles, problem: Recovery['problem'], nowMs: number): OpenDatabase {
  const aside = existsSync(files.database) ? setAside(files, nowMs) : undefined;
  const backup = listBackups(files).find((file) => inspectFile(file) === 'good');
  if (backup !== undefined) copyFileSync(backup, files.database);
  const connection = migrated(openWriter(files.database));
  const backupSeq = readChainHead(connection).seq;
  const salvaged = aside !== undefined && problem === 'damaged' && salvage(aside, connection);
  const lastSeq = readChainHead(connection).seq;
  const source = salvaged ? 'salvaged' : backup === undefined ? 'nothing' : 'backup';
  const recovery: Recovery = {
    message: messageOf(problem, source),
    problem,
    source,
    lastSeq: Math.max(lastSeq, backupSeq),
    ...(aside === undefined ? {} : { setAside: aside }),
    ...(backup === undefined ? {} : { backup: basename(backup) }),
  };
  return { connection, recovery };
}

function migrated(connection: Connection): Connection {
  migrate(connection);
  return connection;
}

function messageOf(problem: Recovery['problem'], source: Recovery['source']): string {
  const what = {
    damaged: 'The database was damaged and is set aside',
    foreign: 'The database was of another program and is set aside',
    missing: 'The database was missing or empty',
  }[problem];
  const instead = {
    salvaged: 'what could be read of it was brought over',
    backup: 'the newest good backup was restored',
    nothing: 'nothing could be recovered, and a new one was begun',
  }[source];
  return `${what}: ${instead}.`;
}
