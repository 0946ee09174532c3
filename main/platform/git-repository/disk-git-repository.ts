import { lstatSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Person } from '../../../schema/contract/changes.ts';
import { Fault } from '../../../schema/fault.ts';
import type {
  BroughtRef,
  CommitOrder,
  GitRepository,
  SessionCommits,
} from '../../kernel/changes/git/git-repository.ts';
import { writeFastImport } from './fast-import.ts';
import { runGit } from './run-git.ts';
import { setAside } from './session-objects.ts';

/** The repository that a workspace lies in, through the operator's own git. */
export const diskGitRepository: GitRepository = {
  async commit(order) {
    const { workspace, ref, signal } = order;
    const ask = (...args: string[]): Promise<string> => runGit({ args, cwd: workspace, signal });
    const prefix = (await ask('rev-parse', '--show-prefix')).replace(/\n$/, '');
    await ask('check-ref-format', ref);
    if (await succeeds(ask('show-ref', '--verify', '--quiet', ref))) {
      throw new Fault('git_failed', `Cannot make "${ref}": it is there already`, { fix: 'Choose another name.' });
    }
    const head = await ask('rev-parse', '--verify', '--quiet', 'HEAD^{commit}').catch(() => '');
    const parent = head.trim() === '' ? undefined : head.trim();
    const { person, author } = await people(order, ask);
    const { message, atMs, paths } = order;
    await runGit({
      args: ['fast-import', '--quiet'],
      cwd: workspace,
      signal,
      input: (stdin) => writeFastImport(stdin, { ref, parent, person, author, message, atMs, prefix, paths }),
    });
    return (await ask('rev-parse', '--verify', ref)).trim();
  },

  async addWorktree({ workspace, branch, folder }) {
    if (!isAbsolute(folder) || lstatSync(folder, { throwIfNoEntry: false })) {
      throw new Fault(
        'folder_exists',
        `Cannot make a worktree at "${folder}": it must be a new folder, by its absolute path`,
      );
    }
    await runGit({ args: ['worktree', 'add', '--quiet', '--no-checkout', folder, branch], cwd: workspace });
    const plain = await withoutFilters(workspace);
    await runGit({ args: [...plain, 'read-tree', 'HEAD'], cwd: folder });
    await runGit({ args: [...plain, 'checkout-index', '--all', '--index', '--quiet'], cwd: folder });
  },

  async bring({ session, workspace, written, signal }: SessionCommits): Promise<readonly BroughtRef[]> {
    const ask = (...args: string[]): Promise<string> => runGit({ args, cwd: workspace, signal });
    if (!(await succeeds(ask('rev-parse', '--git-dir')))) return [];
    const objects = resolve(workspace, (await ask('rev-parse', '--git-path', 'objects')).trim());
    await using aside = await setAside({ written, objects, signal });
    if (aside === undefined) return [];
    const fresh = new Map<string, string>();
    for (const [name, sha] of aside.refs) {
      const own = (await ask('rev-parse', '--verify', '--quiet', name).catch(() => '')).trim();
      if (own !== sha) fresh.set(name, `refs/cavern/${session}/${name.slice('refs/heads/'.length)}`);
    }
    if (fresh.size === 0) return [];
    const specs = [...fresh].map(([from, to]) => `+${from}:${to}`);
    const fetch = [
      '-c',
      'fetch.fsckObjects=true',
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-gc',
    ];
    await ask(...fetch, '--no-recurse-submodules', aside.folder, ...specs);
    const format = '--format=%(refname)%00%(objectname)%00%(contents:subject)';
    const lines = (await ask('for-each-ref', format, `refs/cavern/${session}/`)).split('\n').filter(Boolean);
    const brought = new Set(fresh.values());
    return lines.flatMap((line) => {
      const [ref = '', commit = '', subject = ''] = line.split('\0');
      return brought.has(ref) ? [{ ref, commit, subject }] : [];
    });
  },
};

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

type Ask = (...args: string[]) => Promise<string>;

/** Who commits is who the repository says the operator is; the author is that too unless another is given. */
async function people({ author }: CommitOrder, ask: Ask): Promise<{ person: Person; author: Person }> {
  const read = async (key: string): Promise<string> => (await ask('config', '--get', key).catch(() => '')).trim();
  const [name, email] = [await read('user.name'), await read('user.email')];
  const own = name !== '' && email !== '' ? { name, email } : undefined;
  const person = own ?? author;
  if (person) return { person, author: author ?? person };
  throw new Fault('git_failed', 'Cannot make a commit: git does not know who you are', {
    fix: 'Name an author, or set user.name and user.email with git config.',
  });
}

/** Programs that a repository's config names for the content of files are not run. */
async function withoutFilters(workspace: string): Promise<string[]> {
  const listed = await runGit({ args: ['config', '--name-only', '--get-regexp', '^filter\\.'], cwd: workspace }).catch(
    () => '',
  );
  const names = new Set(listed.split('\n').flatMap((key) => /^filter\.(.+)\.[^.]+$/.exec(key)?.[1] ?? []));
  return [...names].flatMap((name) =>
    ['clean=', 'smudge=', 'process=', 'required=false'].flatMap((setting) => ['-c', `filter.${name}.${setting}`]),
  );
}
