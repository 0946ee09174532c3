import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CHUNK_BYTES, type ChangesHome } from './changes-home.ts';

/** The plainest code that reads or writes the same files: what the bench is measured against. */

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** Reads and hashes both sides of every file in the layer. */
export function plainList({ upper, workspace }: ChangesHome): number {
  let changed = 0;
  for (const path of filesBelow(upper)) {
    const digests = [upper, workspace].map((root) => {
      const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
      return (
        stat &&
        createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest('hex')
      );
    });
    if (digests[0] !== digests[1]) changed++;
  }
  return changed;
}

export function plainDiff({ upper, workspace }: ChangesHome, path: string): number {
  return [upper, workspace].reduce((size, root) => size + readFileSync(join(root, path), 'utf8').length, 0);
}

/** A temporary file, a sync and a rename for each file; a sync for each folder. */
export function plainMerge({ upper, plain }: ChangesHome): void {
  const folders = new Set<string>();
  for (const path of filesBelow(upper)) {
    const target = join(plain, path);
    const fd = openSync(`${target}.tmp`, 'w');
    writeSync(fd, readFileSync(join(upper, path)));
    fsyncSync(fd);
    closeSync(fd);
    renameSync(`${target}.tmp`, target);
    folders.add(join(target, '..'));
  }
  for (const folder of folders) syncPath(folder);
}

export async function plainCopy(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from, { highWaterMark: CHUNK_BYTES }), createWriteStream(`${to}.tmp`));
  syncPath(`${to}.tmp`);
  renameSync(`${to}.tmp`, to);
  syncPath(join(to, '..'));
}

function syncPath(path: string): void {
  const fd = openSync(path, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
