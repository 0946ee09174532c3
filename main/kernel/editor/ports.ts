import type { SessionLayer } from '../sandboxes/session-layer.ts';

/** Port: makes read-only copies of files as a sandbox sees them. */
export interface ViewCopies {
  /** The copy's absolute path. Rejects with `not_found`, `not_a_file` or `too_large`. */
  copy(layer: SessionLayer, path: string): Promise<string>;
  /** Removes those of a session. Idempotent. */
  forget(session: string): Promise<void>;
}

/** Port: the operator's editor, which is a program of its own with a window of its own. */
export interface OperatorEditor {
  /** Resolves when it has been started. Rejects with `editor_missing`. */
  open(file: string): Promise<void>;
}
