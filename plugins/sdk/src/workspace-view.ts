export type NodeType = 'file' | 'directory' | 'symlink' | 'other';

export interface ViewNode {
  readonly type: NodeType;
  readonly sizeBytes: number;
  /** Milliseconds since 1970, whole. */
  readonly modifiedAtMs: number;
  /** Permission bits. */
  readonly mode: number;
}

export interface ViewEntry {
  /** U+FFFD stands for what is not UTF-8; then `nameBase64` has the bytes. */
  readonly name: string;
  readonly nameBase64?: string;
  /** Undefined when it went away while the folder was read. */
  readonly node: ViewNode | undefined;
  /** Of a symlink. */
  readonly target?: string;
}

export interface OpenFile {
  readonly sizeBytes: number;
  /** Fewer bytes than `length` only at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): void;
}

/**
 * Port: a workspace as whoever is inside sees it. Paths are relative, POSIX, normal, the root is the empty string, and no part
 * of them is a symlink: `resolveInView` sees to that. Looking at one name takes microseconds and is synchronous on purpose:
 * four hops over a thread pool cost more than the work.
 */
export interface WorkspaceView {
  /** Where the workspace lies for those inside; an absolute link below it leads into the view. */
  readonly root: string;
  /** Undefined when there is nothing, or when a parent is not a folder. */
  lookAt(path: string): ViewNode | undefined;
  readLink(path: string): string;
  /** At most `limit` entries in the order of their names' UTF-16 units; `total` counts all. */
  list(path: string, limit: number): Promise<{ readonly entries: readonly ViewEntry[]; readonly total: number }>;
  open(path: string): OpenFile;
}
