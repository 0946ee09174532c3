import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newId } from '../../base/id.ts';
import type { BoxWorkspaces } from '../../kernel/boxes/ports.ts';

/** The workspaces of sandboxes that programs start: folders below one folder of the home, named by chance. */
export function diskBoxWorkspaces(folder: string): BoxWorkspaces {
  const remove = async (path: string): Promise<void> => {
    if (dirname(path) === folder) await rm(path, { recursive: true, force: true });
  };
  return {
    remove,
    async keepOnly(paths) {
      for (const name of await readdir(folder)) if (!paths.has(join(folder, name))) await remove(join(folder, name));
    },
    async create() {
      const path = join(folder, newId());
      await mkdir(path);
      // A sandbox may run as another user than the kernel, and has to see that it is empty.
      await chmod(path, 0o755);
      return path;
    },
  };
}
