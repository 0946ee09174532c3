import { type BytePath, comparePaths, join, parentOf } from '../files/byte-path.ts';
import type { FileStat, FileTree } from '../files/file-tree.ts';
import type { GitFolders } from '../git/git-folders.ts';
import type { LayerMark } from './layer-reader.ts';
import { Pace } from '../pace.ts';

/** Paths where a layer may differ from the workspace; what is there on either side is still to be looked at. */
export interface Touched {
  /** The session wrote something there, or made an empty folder; with what was found on the way. */
  readonly written: ReadonlyMap<BytePath, Found>;
  /** The session removed what the workspace has there; never a folder. */
  readonly removed: ReadonlyMap<BytePath, Found>;
  /** The deepest first. */
  readonly removedFolders: readonly BytePath[];
}

export interface Found {
  readonly written?: FileStat | undefined;
  readonly workspace?: FileStat | undefined;
}

export interface TouchedOptions {
  readonly marks: readonly LayerMark[];
  readonly workspace: FileTree;
  readonly git: GitFolders;
  readonly signal: AbortSignal;
}

/** Expands a layer's marks: a whiteout over a folder, or an opaque folder, stands for every file that it covers. */
export async function touchedPaths(options: TouchedOptions): Promise<Touched> {
  const { marks, workspace, git } = options;
  const pace = new Pace(options.signal);
  const written = new Map<BytePath, Found>();
  const removed = new Map<BytePath, Found>();
  const removedFolders: BytePath[] = [];
  const inLayer = new Set(marks.map((mark) => mark.path));
  const opaque = new Set<BytePath>();

  const removeAll = async (path: BytePath): Promise<void> => {
    if (await git.isGitFolder(path)) return;
    if (pace.due) await pace.breathe();
    const stat = await workspace.stat(path);
    if (stat === undefined) return;
    if (stat.type !== 'folder') {
      removed.set(path, { workspace: stat });
      return;
    }
    removedFolders.push(path);
    for (const name of await workspace.names(path)) await removeAll(join(path, name));
  };
  /** What of the workspace's folder is neither in the layer's folder nor shows through it. */
  const removeCovered = async (folder: BytePath): Promise<void> => {
    for (const name of await workspace.names(folder)) {
      const path = join(folder, name);
      if (!inLayer.has(path)) await removeAll(path);
    }
  };

  for (const mark of marks) {
    const { path } = mark;
    if (await git.holds(path)) continue;
    if (pace.due) await pace.breathe();
    if (mark.mark === 'whiteout') {
      await removeAll(path);
      continue;
    }
    const before = await workspace.stat(path);
    if (mark.mark === 'file') {
      written.set(path, { written: mark.stat, workspace: before });
      if (before?.type === 'folder') {
        removedFolders.push(path);
        await removeCovered(path);
      }
      continue;
    }
    if (await git.isGitFolder(path)) continue;
    if (mark.opaque || opaque.has(parentOf(path))) {
      opaque.add(path);
      if (before?.type === 'folder') await removeCovered(path);
    }
    if (before?.type !== 'folder') {
      if (mark.empty) written.set(path, { workspace: before });
      else if (before) removed.set(path, { workspace: before });
    }
  }
  return { written, removed, removedFolders: removedFolders.sort(comparePaths).reverse() };
}
