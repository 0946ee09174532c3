import { chmod, readdir, rm } from 'node:fs/promises';
import { isErrno } from './secret-scan.ts';

/** Removes a folder with all that is in it, also out of folders that their owner may not write to. Idempotent. */
export async function removeTree(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (thrown) {
    if (!isErrno(thrown, ['EACCES', 'EPERM', 'ENOTEMPTY'])) throw thrown;
    await openFolders(Buffer.from(folder));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes every folder writable for its owner; those of another owner stay as they are. Follows no link. */
async function openFolders(folder: Buffer): Promise<void> {
  await chmod(folder, 0o700).catch(() => undefined);
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) await openFolders(Buffer.concat([folder, Buffer.from('/'), entry.name]));
  }
}
