import type { SessionId } from '../../../../schema/entities.ts';
import type { BytePath } from '../files/byte-path.ts';
import type { FileState } from '../files/file-state.ts';

/** One path, from what it was to what it becomes. */
export interface MergeStep {
  readonly path: BytePath;
  readonly before: FileState;
  readonly after: FileState;
  /** Where the new file waits until it is placed. */
  readonly temporary?: BytePath;
  /** This path goes only once that one is in its place: the two halves of a rename. */
  readonly needs?: BytePath;
  /** What the session's changes at the path are judged against, before and after this step. */
  readonly baseBefore: FileState;
  readonly baseAfter: FileState;
}

export interface MergeRecord {
  readonly version: 1;
  readonly id: string;
  readonly kind: 'merge' | 'undo';
  /** An undo names the merge that it takes back. */
  readonly of?: string;
  readonly session: SessionId;
  readonly workspace: string;
  readonly atMs: number;
  /** It went into another folder than the session's workspace: what the session's changes are judged against stays. */
  readonly elsewhere?: true;
  readonly steps: readonly MergeStep[];
  /** Folders that go when nothing is left in them, the deepest first. */
  readonly removedFolders: readonly FolderStep[];
  /** Folders that are made, the topmost first. */
  readonly madeFolders: readonly FolderStep[];
}

export interface FolderStep {
  readonly path: BytePath;
  readonly mode: number;
}

/** A step that was not done, and why. */
export interface SkippedStep {
  readonly path: BytePath;
  readonly why: 'changed' | 'forbidden' | 'blocked' | 'unstable' | 'lost';
}

/**
 * `begun`: the workspace is as it was, but for temporary files. `staged`: every new file waits beside its place, the
 * rest can only go forward. `done` and `abandoned` are the ends.
 */
export type MergePhase =
  | { readonly phase: 'begun' | 'abandoned' }
  | { readonly phase: 'staged' | 'done'; readonly skipped: readonly SkippedStep[] };

export interface JournalEntry {
  readonly record: MergeRecord;
  readonly last: MergePhase;
}

/** Port: the operation log. What it was told is on the disk when a call resolves. */
export interface MergeJournal {
  begin(record: MergeRecord): Promise<void>;
  advance(id: string, phase: MergePhase): Promise<void>;
  /** Every record that is kept, the oldest first. */
  entries(): Promise<readonly JournalEntry[]>;
  forget(id: string): Promise<void>;
}
