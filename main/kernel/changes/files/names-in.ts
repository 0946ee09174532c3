import type { BytePath } from './byte-path.ts';
import type { FileTree } from './file-tree.ts';
import { readTroubleOf } from './read-trouble.ts';

/** The names in a folder; undefined where the operator may not list it. */
export async function namesIn(tree: FileTree, folder: BytePath): Promise<readonly string[] | undefined> {
  try {
    return await tree.names(folder);
  } catch (error) {
    if (readTroubleOf(error) === 'closed') return undefined;
    throw error;
  }
}
