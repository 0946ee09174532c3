import { type BytePath, ROOT, parentOf } from './byte-path.ts';
import type { FileStat, FileTree } from './file-tree.ts';

/** What the workspace has where folders are expected. Each path is looked at once: thousands of files share their folders. */
export class FolderMemo {
  readonly #tree: FileTree;
  readonly #types = new Map<BytePath, FileStat['type'] | undefined>();

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  async typeOf(path: BytePath): Promise<FileStat['type'] | undefined> {
    if (path === ROOT) return 'folder';
    if (!this.#types.has(path)) this.#types.set(path, (await this.#tree.stat(path))?.type);
    return this.#types.get(path);
  }

  /** The nearest folder above a path that is there now: where its temporary file waits. */
  async nearest(path: BytePath): Promise<BytePath> {
    let folder = parentOf(path);
    while ((await this.typeOf(folder)) !== 'folder') folder = parentOf(folder);
    return folder;
  }
}
