import type { BytePath } from './byte-path.ts';
import type { Content } from './content.ts';
import type { SpecialKind } from './file-state.ts';

export interface FileStat {
  readonly type: 'file' | 'symlink' | 'folder' | 'special';
  /** Set when `type` is `special`. */
  readonly what?: SpecialKind;
  /** A character device 0:0: overlayfs' mark for a deleted path. */
  readonly whiteout: boolean;
  readonly mode: number;
  readonly sizeBytes: number;
  /** When its inode changed last. Nobody can set it, which makes it the one time stamp to trust. */
  readonly ctimeMs: number;
  /** Differs whenever the file was written, replaced or had its mode changed. */
  readonly signature: string;
}

/** What one look at a path gives. */
export interface Looked {
  readonly stat: FileStat;
  /** The bytes of a regular file that is short and may be read. */
  readonly content?: Uint8Array;
}

/** A name in a folder; `other` may be anything but a file or a folder, or something whose type the folder does not tell. */
export interface FolderEntry {
  readonly name: string;
  readonly type: 'file' | 'folder' | 'other';
}

/**
 * Port: a folder and what is below it. No symbolic link is ever followed, neither at the end of a path nor on the way:
 * what lies behind one is absent.
 */
export interface FileTree extends Disposable {
  /** Undefined when there is nothing, or a parent is no folder. */
  stat(path: BytePath): Promise<FileStat | undefined>;
  /** `stat` and `content` at once, for what is expected to be a file: half the calls of one after the other. */
  look(path: BytePath): Promise<Looked | undefined>;
  /** What `names` gives, in no order, with what the folder says of each. */
  entries(folder: BytePath): Promise<readonly FolderEntry[]>;
  /** The names in a folder, in byte order; none when it is no folder. Rejects with EACCES where it cannot be listed. */
  names(folder: BytePath): Promise<readonly string[]>;
  /** The bytes of a regular file. Rejects when it is none (any more), with EACCES when it may not be read. */
  content(path: BytePath): Promise<Content>;
  /** The text of a symlink, as a byte string. */
  target(path: BytePath): Promise<string>;
  /** Forgets folders that are held open, so that the next call sees where paths lead now. */
  refresh(): void;
}
