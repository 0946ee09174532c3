import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Everything that belongs to a database, beside it in its folder. */
export interface DatabaseFiles {
  readonly database: string;
  readonly note: string;
  readonly backups: string;
  readonly damaged: string;
  /** Chains that were set aside or cut off. */
  readonly archives: string;
}

/** A number is that of the process that was writing. */
const UNFINISHED_NAME = /\.tmp(-journal|-wal|-shm|-\d+)?$/;
const BACKUP_NAME = /^cavern-\d{8}T\d{9}Z\.db$/;

export function databaseFiles(database: string): DatabaseFiles {
  const folder = dirname(database);
  return {
    database,
    note: join(folder, 'checkpoint.note'),
    backups: join(folder, 'backups'),
    damaged: join(folder, 'damaged'),
    archives: join(folder, 'archives'),
  };
}

/** The backups, the newest first. */
export function listBackups({ backups }: DatabaseFiles): string[] {
  if (!existsSync(backups)) return [];
  const names = readdirSync(backups).filter((name) => BACKUP_NAME.test(name));
  return names
    .sort()
    .reverse()
    .map((name) => join(backups, name));
}

/** Removes what a crash left unfinished: copies of the database with their journals, archives, manifests and the note. */
export function removeUnfinished({ note, backups, archives }: DatabaseFiles): void {
  removeNamed(dirname(note), (name) => name.startsWith(`${basename(note)}.tmp-`));
  for (const folder of [backups, archives]) removeNamed(folder, (name) => UNFINISHED_NAME.test(name));
}

function removeNamed(folder: string, isUnfinished: (name: string) => boolean): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter(isUnfinished)) rmSync(join(folder, name), { force: true });
}

/** A name that sorts by time: `cavern-20251121T041530123Z.db`. */
export function backupName(atMs: number): string {
  return `cavern-${timeStamp(atMs)}.db`;
}

/** The name of a database that holds a chain which was set aside. */
export function asideName(atMs: number): string {
  return `chain-${timeStamp(atMs)}.db`;
}

/** When a backup was made, by its name. */
export function backupTimeMs(path: string): number {
  const digits = basename(path).replace(/\D/g, '');
  const [, year, month, day, hour, minute, second, milli] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}Z`);
}

/** Whether there is a database file with anything in it. */
export function hasContent(file: string): boolean {
  return existsSync(file) && statSync(file).size > 0;
}

/** Moves a database with its WAL into a folder of its own and answers where it is now. */
export function setAside({ database, damaged }: DatabaseFiles, atMs: number): string {
  const folder = join(damaged, timeStamp(atMs));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const suffix of ['-shm', '-wal', '']) {
    const from = database + suffix;
    if (existsSync(from)) renameSync(from, join(folder, basename(database) + suffix));
  }
  return join(folder, basename(database));
}

function timeStamp(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/[-:.]/g, '');
}
