import { existsSync } from 'node:fs';
import { splitAtNul } from './records.ts';
import { LISTING_LIMIT_BYTES, type Repository } from './repository.ts';

export interface Staging {
  readonly paths: readonly string[];
  readonly untracked: 'too' | 'not';
  readonly ignored: 'too' | 'not';
}

/** The submodules below some paths, from the top of the working tree. */
async function submodulesBelow(repository: Repository, paths: readonly string[]): Promise<string[]> {
  const { stdout } = await repository.run(['ls-files', '-z', '--stage', '--full-name', '--', ...paths], {
    action: 'look for submodules',
    outputLimitBytes: LISTING_LIMIT_BYTES,
  });
  return splitAtNul(stdout).flatMap((record) =>
    record.startsWith('160000 ') ? [record.slice(record.indexOf('\t') + 1)] : [],
  );
}

/**
 * Stages changes, deletions included. Submodules are staged apart, by the commit that is checked out in each: `git add` would have a git in
 * there look for changes, with that one's own settings. Throws `filter_needed` for files that a filter should have gone through.
 */
export async function stage(repository: Repository, { paths, untracked, ignored }: Staging): Promise<void> {
  const action = 'stage the files';
  await repository.refuseFiltered(paths, ignored);
  const inward = repository.inward(paths);
  const submodules = await submodulesBelow(repository, inward);
  const patterns = [
    ...inward.map((path) => `:(literal)${path}`),
    ...submodules.map((path) => `:(top,exclude,literal)${path}`),
  ];
  const isSubmodule = new Set(submodules.map((path) => repository.absolute(path)));
  if (!inward.every((path) => isSubmodule.has(path))) {
    await repository.run(
      [
        'add',
        untracked === 'too' ? '--all' : '--update',
        ...(ignored === 'too' ? ['--force'] : []),
        '--pathspec-from-file=-',
        '--pathspec-file-nul',
      ],
      { action, filters: 'refused', pathspecs: "git's own", stdin: patterns.join('\0') },
    );
  }
  const present = submodules.filter((path) => existsSync(`${repository.absolute(path)}/.git`));
  if (present.length === 0) return;
  await repository.run(['update-index', '-z', '--stdin'], { action, stdin: present.join('\0'), cwd: 'top' });
}
