import { type BytePath, ancestorsOf, join, nameOf, parentOf } from '../files/byte-path.ts';
import type { FileTree } from '../files/file-tree.ts';

/** `.git` in any case: file systems that fold case would take `.GIT` for it. */
function isGitName(name: string): boolean {
  return name.length === 4 && name.toLowerCase() === '.git';
}

/**
 * Knows a repository's own folder by its name, or by what git itself goes by (`HEAD`, `objects`, `refs`) where it was
 * moved to another name: its config and hooks name programs that git runs, so nothing in it is ever listed or merged.
 */
export class GitFolders {
  readonly #trees: readonly FileTree[];
  readonly #known = new Map<BytePath, boolean>();
  /** Whether a folder is one, or lies in one: thousands of files share theirs. */
  readonly #holding = new Map<BytePath, boolean>();

  /** @param trees where a folder may lie: what the session wrote, and the workspace */
  constructor(trees: readonly FileTree[]) {
    this.#trees = trees;
  }

  /** True for such a folder and everything below it. */
  async holds(path: BytePath): Promise<boolean> {
    if (isGitName(nameOf(path))) return true;
    const folder = parentOf(path);
    let held = this.#holding.get(folder);
    if (held === undefined) {
      held = false;
      for (const each of ancestorsOf(path)) held ||= await this.isGitFolder(each);
      this.#holding.set(folder, held);
    }
    return held;
  }

  async isGitFolder(folder: BytePath): Promise<boolean> {
    if (isGitName(nameOf(folder))) return true;
    let known = this.#known.get(folder);
    if (known === undefined) {
      known = false;
      for (const tree of this.#trees) known ||= await looksLikeGit(tree, folder);
      this.#known.set(folder, known);
    }
    return known;
  }
}

async function looksLikeGit(tree: FileTree, folder: BytePath): Promise<boolean> {
  const head = await tree.stat(join(folder, 'HEAD'));
  if (head === undefined || head.whiteout || head.type === 'folder') return false;
  const [objects, refs] = [await tree.stat(join(folder, 'objects')), await tree.stat(join(folder, 'refs'))];
  return objects?.type === 'folder' && refs?.type === 'folder';
}
