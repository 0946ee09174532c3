import type { Person } from '../../../../schema/contract/changes.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import type { BytePath } from '../files/byte-path.ts';
import type { Content } from '../files/content.ts';
import type { FileTree } from '../files/file-tree.ts';

/** One path of a commit; without a file it goes. */
export interface CommittedPath {
  readonly path: BytePath;
  readonly file?: {
    readonly mode: '100644' | '100755' | '120000';
    readonly sizeBytes: number;
    readonly sha256: string;
    readonly content: () => Promise<Content>;
  };
}

export interface CommitOrder {
  /** A folder in a repository; paths are relative to it. */
  readonly workspace: string;
  /** Must not be there yet. */
  readonly ref: string;
  readonly message: string;
  readonly author?: Person | undefined;
  readonly paths: readonly CommittedPath[];
  readonly atMs: number;
  readonly signal: AbortSignal;
}

export interface SessionCommits {
  readonly session: SessionId;
  readonly workspace: string;
  /** What the session wrote. */
  readonly written: FileTree;
  readonly signal: AbortSignal;
}

export interface BroughtRef {
  readonly ref: string;
  readonly commit: string;
  readonly subject: string;
}

/**
 * Port: the operator's repository. Whatever it runs, runs without hooks, filters and prompts; index, config and working
 * tree of the repository stay as they are. Everything throws `git_failed` with what git said.
 */
export interface GitRepository {
  /** A commit on top of HEAD, under a ref of its own. */
  commit(order: CommitOrder): Promise<string>;
  /** A new working tree of a branch. Throws `folder_exists`. */
  addWorktree(options: { readonly workspace: string; readonly branch: string; readonly folder: string }): Promise<void>;
  /** Brings commits that were made in a session to `refs/cavern/<session>/…`, checked object by object. */
  bring(commits: SessionCommits): Promise<readonly BroughtRef[]>;
}
