import type { SessionLayer } from '../sandboxes/session-layer.ts';

export interface FolderCopy {
  /** Its absolute path: the same for the same folder of the same session. */
  readonly folder: string;
  readonly files: number;
  /** Files and links in it that are not copied: too large, of names that are no text, or leading out of the folder. */
  readonly leftOut: number;
}

/** Port: makes read-only copies of files and folders as a sandbox sees them. */
export interface ViewCopies {
  /** The copy's absolute path. Rejects with `not_found`, `not_a_file` or `too_large`. */
  copy(layer: SessionLayer, path: string): Promise<string>;
  /** Copies a folder, the workspace itself where `path` is empty, or brings a former copy up to date. Rejects with `not_found`, `not_a_folder` or `too_large`. */
  copyFolder(layer: SessionLayer, path: string, signal: AbortSignal): Promise<FolderCopy>;
  /** Removes those of a session. Idempotent. */
  forget(session: string): Promise<void>;
}

/** A place in a file; lines and columns begin at 1. */
export interface FilePosition {
  readonly line: number;
  readonly column?: number | undefined;
}

/** Port: the operator's editor, which is a program of its own with a window of its own. */
export interface OperatorEditor {
  /** Resolves when it has been started; it shows the position where it can be told of one. Rejects with `editor_missing`. */
  open(file: string, position?: FilePosition): Promise<void>;
}
