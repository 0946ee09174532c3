import type { SessionLayer } from '../../sandboxes/session-layer.ts';
import type { BytePath } from '../files/byte-path.ts';
import type { FileStat, FileTree } from '../files/file-tree.ts';

/** What a layer says of a path. Folders come before what is in them. */
export type LayerMark =
  | { readonly mark: 'whiteout'; readonly path: BytePath }
  | {
      readonly mark: 'folder';
      readonly path: BytePath;
      /** Nothing of the workspace's folder of that name shows through. */
      readonly opaque: boolean;
      /** The session left nothing in it. */
      readonly empty: boolean;
    }
  /** A file, a symlink or a special file. */
  | { readonly mark: 'file'; readonly path: BytePath; readonly stat?: FileStat };

/** Port: reads what a session wrote. The cost grows with what it wrote, not with the workspace, where the strategy allows. */
export interface LayerReader {
  marks(layer: SessionLayer, signal: AbortSignal): Promise<readonly LayerMark[]>;
  /** What the session wrote, as files. */
  open(layer: SessionLayer): FileTree;
}
