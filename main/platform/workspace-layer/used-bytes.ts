import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from './secret-scan.ts';

/** Blocks of stat(2) are of this size whatever the file system's own is. */
const BLOCK_BYTES = 512;

/** Bytes that folders take on the disk, holes not counted. What vanishes while it is counted is not counted. Aborting ends the count early. */
export async function usedBytes(folders: readonly string[], signal?: AbortSignal): Promise<number> {
  let total = 0;
  const pending = [...folders];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    if (signal?.aborted === true) break;
    const entries = await readdir(folder, { withFileTypes: true }).catch(ignoreAbsent);
    const sizes = await Promise.all(
      entries.map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        if (entry.isDirectory()) pending.push(path);
        const state = await lstat(path).catch(() => undefined);
        return state === undefined ? 0 : state.blocks * BLOCK_BYTES;
      }),
    );
    total += sizes.reduce((sum, size) => sum + size, 0);
  }
  return total;
}

function ignoreAbsent(thrown: unknown): never[] {
  if (isErrno(thrown, ['ENOENT', 'ENOTDIR', 'EACCES'])) return [];
  throw thrown;
}
