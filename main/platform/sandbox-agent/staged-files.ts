import { readdir, readlink, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { STAGED_PREFIX, stagingNotes } from '../../../schema/staged-files.ts';

/** Removes from the workspace what a process that has ended had staged and neither put into place nor taken away. What merely has such a name is not in its notes. */
export async function removeStaged(mark: string, workspace: string): Promise<void> {
  const notes = stagingNotes(mark);
  for (const name of await readdir(notes).catch(() => [])) {
    const staged = await readlink(join(notes, name)).catch(() => '');
    if (await isStagedIn(workspace, staged)) await rm(staged, { recursive: true, force: true }).catch(() => undefined);
  }
  await rm(notes, { recursive: true, force: true }).catch(() => undefined);
}

/** Anything in the sandbox can write a note; it gets nothing removed but what is staged below the workspace. */
async function isStagedIn(workspace: string, path: string): Promise<boolean> {
  if (!basename(path).startsWith(STAGED_PREFIX)) return false;
  const [root, folder] = await Promise.all([workspace, dirname(path)].map((each) => realpath(each).catch(() => '')));
  return root !== undefined && root !== '' && folder !== undefined && `${folder}${sep}`.startsWith(`${root}${sep}`);
}
