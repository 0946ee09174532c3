import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folders from `folder` up to the workspace, both included. */
export function* foldersUp(folder: string, workspace: string): Generator<string> {
  for (let at = folder; ; at = dirname(at)) {
    yield at;
    if (at === workspace || dirname(at) === at) return;
  }
}

/** The program in the nearest node_modules/.bin, no higher than the workspace. */
export function nodeBinary(name: string, folder: string, workspace: string): string | undefined {
  for (const at of foldersUp(folder, workspace)) {
    const path = join(at, 'node_modules', '.bin', name);
    if (existsSync(path)) return path;
  }
  return undefined;
}
