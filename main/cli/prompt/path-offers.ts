import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Files or folders that a path which is being written may become; folders end with a slash. */
export function pathOffers(current: string, kind: 'files' | 'folders'): string[] {
  const slash = current.lastIndexOf('/') + 1;
  const [folder, start] = [current.slice(0, slash), current.slice(slash)];
  const real = folder.startsWith('~/') ? join(homedir(), folder.slice(2)) : folder;
  try {
    return readdirSync(real === '' ? '.' : real)
      .filter((name) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
      .map((name) => `${folder}${name}${isFolder(join(real, name)) ? '/' : ''}`)
      .filter((path) => kind === 'files' || path.endsWith('/'))
      .sort((a, b) => a.localeCompare(b));
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
