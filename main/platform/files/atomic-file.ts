import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SettingsFile } from '../../kernel/settings/settings.ts';

/** The name of what a killed process was writing, with its id. */
export const UNFINISHED_WRITE = /\.tmp-(\d+)$/;

/** Writes to a temporary file beside it, syncs, renames and syncs the folder: a crash leaves the old text or the new one. */
export function writeFileAtomically(path: string, text: string, mode = 0o600): void {
  const temporary = `${path}.tmp-${process.pid}`;
  try {
    const fd = openSync(temporary, 'w', mode);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
  syncFolder(dirname(path));
}

/** Brings the names in a folder to the disk: what was renamed or removed. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** A settings file on this machine's disk. */
export function settingsFile(path: string): SettingsFile {
  return {
    read: () => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
    write: (text) => writeFileAtomically(path, text),
    setAside() {
      const aside = `${path}.unreadable-${new Date().toISOString().replaceAll(':', '')}`;
      renameSync(path, aside);
      return aside;
    },
  };
}
