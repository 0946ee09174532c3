import type { Person } from '../../../../schema/contract/changes.ts';
import { Fault } from '../../../../schema/fault.ts';
import { newId } from '../../../base/id.ts';
import { toText } from '../files/byte-path.ts';
import type { ChangeItem } from '../listing/change-item.ts';
import type { Changes, MergeRequest } from '../changes.ts';
import type { CommittedPath, GitRepository } from './git-repository.ts';

export interface GitExportRequest extends MergeRequest {
  readonly as: 'commit' | 'branch' | 'worktree';
  readonly branch?: string | undefined;
  readonly folder?: string | undefined;
  readonly message: string;
  readonly author?: Person | undefined;
}

export interface GitExport {
  readonly commit: string;
  readonly ref: string;
  readonly folder?: string;
  readonly committed: string[];
  readonly left: string[];
}

export interface GitExportOptions {
  readonly changes: Changes;
  readonly repository: GitRepository;
  readonly now: () => number;
}

function missing(what: string, as: string): Fault {
  return new Fault('invalid_input', `Cannot make a ${as}: ${what} is missing`);
}

function refOf({ as, branch, session }: GitExportRequest): string {
  if (as === 'commit') return `refs/cavern/${session}/export-${newId()}`;
  if (branch === undefined) throw missing('the name of the branch', as);
  return `refs/heads/${branch}`;
}

/** Puts changes under a ref of the workspace's repository; its index, its files and its other refs stay. Throws `git_failed`, `folder_exists`. */
export async function exportToGit(options: GitExportOptions, request: GitExportRequest): Promise<GitExport> {
  const { changes, repository, now } = options;
  const { as, branch, folder, message, author, signal } = request;
  const ref = refOf(request);
  if (as === 'worktree' && folder === undefined) throw missing('the folder', as);
  return changes.withChosen(request, async ({ view, items, left, contentOf }) => {
    const paths = items.flatMap((item) => committed(item, () => contentOf(item)));
    const taken = items.filter((item) => paths.some(({ path }) => path === item.path));
    const { workspace } = view.layer;
    if (paths.length === 0) throw new Fault('git_failed', 'Cannot make a commit: there is no change that git can keep');
    const commit = await repository.commit({ workspace, ref, message, author, paths, atMs: now(), signal });
    const result = {
      commit,
      ref,
      committed: taken.map((item) => toText(item.path)),
      left: [...left, ...items.filter((item) => !taken.includes(item)).map((item) => item.path)].map(toText),
    };
    if (as !== 'worktree' || branch === undefined || folder === undefined) return result;
    await repository.addWorktree({ workspace, branch, folder });
    return { ...result, folder };
  });
}

/** Git keeps files and symlinks; folders are where files are. */
function committed(
  item: ChangeItem,
  content: () => ReturnType<NonNullable<CommittedPath['file']>['content']>,
): CommittedPath[] {
  const { path, from, after } = item;
  const moved: CommittedPath[] = from === undefined ? [] : [{ path: from }];
  if (item.hidden) return [];
  if (after.type === 'absent') return [{ path }];
  if (after.type === 'symlink') {
    const bytes = Buffer.from(after.target, 'latin1');
    const file = { mode: '120000' as const, sizeBytes: bytes.length, sha256: after.sha256, content: async () => bytes };
    return [...moved, { path, file }];
  }
  if (after.type !== 'file') return [];
  const mode = (after.mode & 0o100) === 0 ? '100644' : '100755';
  const { sizeBytes, sha256 } = after;
  return [...moved, { path, file: { mode, sizeBytes, sha256, content } }];
}
