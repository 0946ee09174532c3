import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldersUp } from './node-binary.ts';

export interface ReportedFrom {
  /** Absolute: where the framework ran. */
  readonly folder: string;
  /** Absolute. */
  readonly workspace: string;
}

/**
 * A file as a report names it, from the workspace where it lies there, else as it was named. A relative name counts from the project's
 * folder or from one above it: some frameworks write names as seen from where their settings lie.
 */
export function locatedFile(file: string, { folder, workspace }: ReportedFrom): string {
  const named = file.startsWith('file://') ? fileURLToPath(file) : file;
  const candidates = isAbsolute(named) ? [named] : [...foldersUp(folder, workspace)].map((at) => join(at, named));
  const found = candidates.find((path) => path.startsWith(`${workspace}/`) && existsSync(path));
  return found === undefined ? named : relative(workspace, found);
}
