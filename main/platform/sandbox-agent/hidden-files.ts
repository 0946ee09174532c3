import { chmod, lstat, open, readdir, realpath, unlink } from 'node:fs/promises';
import { Fault } from '../../../schema/fault.ts';
import type { Parameters } from './parameters.ts';

const SLASH = Buffer.from('/');

/** Takes files out of the view of the workspace that the operator does not want to be seen. What is not there is no failure. */
export async function hideFiles(workspace: string, params: Parameters): Promise<void> {
  const root = Buffer.from(workspace);
  let failure: unknown;
  for (const base64 of params.argv('paths')) {
    await hideFile(root, Buffer.from(base64, 'base64')).catch((cause: unknown) => {
      failure ??= cause;
    });
  }
  if (failure === undefined) return;
  throw new Fault('sandbox_failed', 'Cannot hide a file from the sandbox: it is still in its view', { cause: failure });
}

async function hideFile(root: Buffer, path: Buffer): Promise<void> {
  const file = Buffer.concat([root, SLASH, path]);
  const parent = file.subarray(0, file.lastIndexOf(0x2f));
  const real = await realpath(parent, { encoding: 'buffer' }).catch(() => undefined);
  // Its folder is another by now, or none: whatever lies there is the session's own.
  if (real === undefined || !real.equals(parent)) return;
  const names = await readdir(parent, { encoding: 'buffer' });
  if (!names.some((name) => name.equals(file.subarray(parent.length + 1)))) return;
  const { mode } = await lstat(parent);
  const isClosed = (mode & 0o300) !== 0o300;
  // It looks the same afterwards.
  if (isClosed) await chmod(parent, (mode & 0o7777) | 0o300);
  try {
    await removeFromView(file);
  } finally {
    if (isClosed) await chmod(parent, mode & 0o7777);
  }
}

/**
 * Where somebody asked for the name before there was such a file, an overlay remembers that there is none, and has nothing to remove; its
 * list has it all the same. One that is made there and removed leaves the mark that hides both.
 */
async function removeFromView(file: Buffer): Promise<void> {
  try {
    await unlink(file);
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'EISDIR') return;
    if (code !== 'ENOENT') throw thrown;
    const made = await open(file, 'wx');
    await made.close();
    await unlink(file);
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
