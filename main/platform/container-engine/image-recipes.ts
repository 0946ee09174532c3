import { createHash } from 'node:crypto';
import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type { ImageRecipe, ImageRecipes } from '../../kernel/sandboxes/images/image-source.ts';

/** A recipe is a Dockerfile with some files, not a project. */
const FILES_LIMIT = 1_000;
const BYTES_LIMIT = 64 * 1024 * 1024;

/** The folders below `<home>/images`, each with a Dockerfile. */
export function imageRecipes(root: string): ImageRecipes {
  return {
    async find(name) {
      const folder = join(root, name);
      if (name === '' || /(^|\/)\.{0,2}(\/|$)/.test(name)) return undefined;
      const found = await lstat(join(folder, 'Dockerfile')).catch(() => undefined);
      return found?.isFile() === true ? { folder, digest: await digestOf(name, folder) } : undefined;
    },
  } satisfies { find(name: string): Promise<ImageRecipe | undefined> };
}

/** Of the names, modes and contents of all files: what is the same builds the same image. */
async function digestOf(name: string, folder: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  if (files.length > FILES_LIMIT) throw tooLarge(name, `more than ${FILES_LIMIT} files`);
  let bytes = 0;
  for (const file of files.sort()) {
    const { size, mode } = await lstat(file);
    bytes += size;
    if (bytes > BYTES_LIMIT) throw tooLarge(name, `more than ${BYTES_LIMIT / 1024 ** 2} MiB`);
    hash.update(`${file.slice(folder.length)}\0${mode}\0${size}\0`).update(await readFile(file));
  }
  return hash.digest('hex');
}

function tooLarge(name: string, what: string): Fault {
  return new Fault('image_missing', `Cannot build the image of the folder images/${name}: it is too large`, {
    why: `It holds ${what}.`,
    fix: 'Keep in it what the image needs, and nothing else.',
  });
}
