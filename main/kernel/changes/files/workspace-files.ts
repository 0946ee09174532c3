import type { BytePath } from './byte-path.ts';
import type { Content, Digest } from './content.ts';
import type { FileTree } from './file-tree.ts';

/** Port: the operator's workspace, to be read and written. Nothing outside of it is ever written, whatever is moved or linked meanwhile. */
export interface WorkspaceFiles {
  /** Rejects with ENOENT, ENOTDIR or EACCES. */
  open(workspace: string): Promise<WorkspaceTree>;
}

export interface WorkspaceTree extends FileTree {
  /** Writes a new file that is not yet in its place; it is never executable or readable by others before it is placed. */
  stageFile(temporary: BytePath, content: Content, mode: number): Promise<Digest>;
  stageSymlink(temporary: BytePath, target: string): Promise<void>;
  /** All that was staged since the last call is on the disk when it resolves. */
  syncStaged(): Promise<void>;
  /** Puts a staged file into its place, whole or not at all. `new`: refuses with EEXIST where there is something already. */
  place(temporary: BytePath, path: BytePath, over: 'new' | 'existing'): Promise<void>;
  /** Removes a file or a symlink; nothing happens when it is not there. */
  removeFile(path: BytePath): Promise<void>;
  /** Removes a folder when it is empty; false when it is not, or is none. */
  removeFolder(path: BytePath): Promise<boolean>;
  /** Makes a folder whose parent is there; one that is there already stays. Rejects with ENOENT, EEXIST. */
  makeFolder(path: BytePath, mode: number): Promise<void>;
  /** The entries of the folders that were changed since the last call are on the disk when it resolves. */
  syncFolders(): Promise<void>;
}
