import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import { isErrno } from './secret-scan.ts';

/** Where, in the home, the workspaces lie that programs are given; nothing of Cavern's own is below it. */
export const OWN_WORKSPACES = 'workspaces';

/**
 * The real path of a folder that can be worked on.
 * @throws Fault `workspace_invalid`: missing, not a folder, unreadable, the root of the file system, or in Cavern's own home
 */
export async function checkWorkspace(path: string, home: string): Promise<string> {
  const refuse = (state: string, fix: string, why?: string): Fault =>
    new Fault('workspace_invalid', `Cannot use folder "${path}": ${state}`, {
      fix,
      ...(why === undefined ? {} : { why }),
    });
  if (!isAbsolute(path)) throw refuse('it is not an absolute path', 'Give the whole path, from "/".');
  if (path.includes('\0')) throw refuse('its name has a NUL byte', 'Choose another folder.');
  const real = await realpath(path).catch((thrown: unknown) => {
    if (isErrno(thrown, ['EACCES', 'EPERM']))
      throw refuse('it cannot be reached', 'Check the permissions of the folders above it.');
    if (isErrno(thrown, ['ELOOP'])) throw refuse('its links go in a circle', 'Choose another folder.');
    throw refuse('it is not there', 'Choose a folder that exists.');
  });
  const state = await stat(real);
  if (!state.isDirectory()) throw refuse('it is not a folder', 'Choose the folder that holds it.');
  if (real === sep) throw refuse('it is the root of the file system', 'Choose a folder further down.');
  const isOwn = dirname(real) === join(home, OWN_WORKSPACES);
  if (!isOwn && (real === home || real.startsWith(home + sep) || home.startsWith(real + sep))) {
    throw refuse(
      'Cavern keeps its own files there',
      'Choose another folder, or another home with --home.',
      `Its home is ${home}; a sandbox would see the keys, the audit log and its own layer.`,
    );
  }
  await access(real, constants.R_OK | constants.X_OK).catch(() => {
    throw refuse('it cannot be read', 'Check its permissions (ls -ld).');
  });
  return real;
}
