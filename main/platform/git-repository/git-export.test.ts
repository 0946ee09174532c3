import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportToGit } from '../../kernel/changes/git/git-export.ts';
import { diskLayerReader } from '../workspace-files/layers/disk-layer-reader.ts';
import { type LayerFixture, layerFixture, picture, plant, whiteout } from '../workspace-files/layer-fixture.ts';
import { diskGitRepository as repository } from './disk-git-repository.ts';

const { signal } = new AbortController();
const env = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };
const author = { name: 'Ada', email: 'ada@example.org' };

function git(folder: string, ...args: string[]): string {
  const named = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'core.quotePath=off', '-c', 'safe.directory=*'];
  return execFileSync('git', [...named, ...args], { cwd: folder, env, encoding: 'utf8' }).trim();
}

function repositoryFixture(): LayerFixture {
  const fixture = layerFixture({
    plantBefore(workspace) {
      plant(workspace, { a: 'one\n', gone: 'g\n', 'dir/b': 'two\n', '.gitignore': 'ignored\n', was: 'w\n' });
      git(workspace, 'init', '-q', '-b', 'main');
      git(workspace, 'add', '.');
      git(workspace, 'commit', '-qm', 'first');
      // A filter and a hook that would be seen if they ran.
      git(workspace, 'config', 'filter.mark.clean', 'sed s/^/FILTERED/');
      git(workspace, 'config', 'filter.mark.smudge', 'sed s/^/FILTERED/');
      git(workspace, 'config', 'user.name', 'Operator');
      git(workspace, 'config', 'user.email', 'operator@example.org');
      mkdirSync(join(workspace, '.git/hooks'), { recursive: true });
      writeFileSync(join(workspace, '.git/hooks/post-checkout'), '#!/bin/sh\ntouch HOOKED\n', { mode: 0o755 });
    },
  });
  plant(fixture.upper, {
    a: 'ONE\r\n',
    new: { text: '#!/bin/sh\n', mode: 0o755 },
    link: { link: 'a' },
    'é "q"': 'odd\n',
    'was/now': 'a folder\n',
    ignored: 'x',
    '.gitattributes': '* filter=mark\n',
    binary: Buffer.from([0, 255, 10, 13]),
  });
  whiteout(fixture.upper, 'gone');
  return fixture;
}

const options = (fixture: LayerFixture) => ({ changes: fixture.changes, repository, now: () => 1_700_000_000_000 });
const request = (fixture: LayerFixture) => ({ session: fixture.session, message: 'Made inside', author, signal });

test('changes become a commit on a branch of its own; index, files and other refs of the repository stay', async () => {
  using fixture = repositoryFixture();
  const before = { files: picture(fixture.workspace), status: git(fixture.workspace, 'status', '--porcelain') };
  const done = await exportToGit(options(fixture), { ...request(fixture), as: 'branch', branch: 'made/inside' });
  expect(git(fixture.workspace, 'status', '--porcelain')).toBe(before.status);
  expect(git(fixture.workspace, 'log', '-1', '--format=%an <%ae>|%cn|%s|%P', 'made/inside')).toBe(
    `Ada <ada@example.org>|Operator|Made inside|${git(fixture.workspace, 'rev-parse', 'main')}`,
  );
  expect(git(fixture.workspace, 'diff', '--name-status', '--no-renames', 'main', done.commit).split('\n')).toEqual([
    'A\t.gitattributes',
    'M\ta',
    'A\tbinary',
    'D\tgone',
    'A\tlink',
    'A\tnew',
    'D\twas',
    'A\twas/now',
    'A\t"é \\"q\\""',
  ]);
  expect(git(fixture.workspace, 'cat-file', 'blob', 'made/inside:a')).toBe('ONE');
  expect(git(fixture.workspace, 'ls-tree', 'made/inside', 'new', 'link').replaceAll(/ blob [0-9a-f]+\t/g, ' ')).toBe(
    '120000 link\n100755 new',
  );
  expect(done.left).toEqual(['ignored']);
  const again = exportToGit(options(fixture), { ...request(fixture), as: 'branch', branch: 'made/inside' });
  await expect(again).rejects.toMatchObject({ code: 'git_failed' });
});

test('changes become a worktree without running hooks or filters', async () => {
  using fixture = repositoryFixture();
  const folder = join(fixture.root, 'tree');
  await exportToGit(options(fixture), { ...request(fixture), as: 'worktree', branch: 'side', folder });
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('ONE\r\n');
  expect([existsSync(join(folder, 'HOOKED')), existsSync(join(folder, 'gone'))]).toEqual([false, false]);
  expect(git(folder, '-c', 'filter.mark.clean=', 'status', '--porcelain')).toBe('');
  const there = exportToGit(options(fixture), { ...request(fixture), as: 'worktree', branch: 'other', folder });
  await expect(there).rejects.toMatchObject({ code: 'folder_exists' });
});

test('a commit without a branch lies under the refs of the session', async () => {
  using fixture = repositoryFixture();
  const done = await exportToGit(options(fixture), { ...request(fixture), paths: ['a'], as: 'commit' });
  expect(done.ref).toMatch(/^refs\/cavern\/s1\/export-/);
  expect(git(fixture.workspace, 'diff', '--name-only', 'main', done.ref)).toBe('a');
});

test('a commit has the author and the whole message that were given; without an author, who the repository says', async () => {
  using fixture = repositoryFixture();
  const message = 'Größe – of it\n\nSecond paragraph,\ndata 5\nfrom refs/heads/main\n';
  const named = { ...request(fixture), message, author: { name: "Zoë O'Brien, Jr.", email: 'zoë@example.org' } };
  const { commit } = await exportToGit(options(fixture), { ...named, as: 'branch', branch: 'named' });
  const unnamed = { ...request(fixture), author: undefined, as: 'branch', branch: 'unnamed' } as const;
  const own = await exportToGit(options(fixture), unnamed);
  const format = '--format=%an <%ae> %aI|%cn <%ce> %cI|%P%n%B';
  const [parent, at] = [git(fixture.workspace, 'rev-parse', 'main'), '2023-11-14T22:13:20+00:00'];
  const operator = `Operator <operator@example.org> ${at}`;
  expect(git(fixture.workspace, 'log', '-1', format, commit)).toBe(
    `Zoë O'Brien, Jr. <zoë@example.org> ${at}|${operator}|${parent}\n${message.trim()}`,
  );
  expect(git(fixture.workspace, 'log', '-1', format, own.commit)).toBe(
    `${operator}|${operator}|${parent}\nMade inside`,
  );
});

test('commits made inside come back as refs; config, hooks, alternates and links that the session wrote do not', async () => {
  using fixture = repositoryFixture();
  const inside = join(fixture.root, 'inside');
  cpSync(fixture.workspace, inside, { recursive: true });
  plant(inside, { a: 'committed inside\n' });
  git(inside, 'checkout', '-qb', 'topic');
  git(inside, 'commit', '-qam', 'from the session');
  git(inside, 'gc', '-q');
  plant(inside, { a: 'twice\n' });
  git(inside, 'commit', '-qam', 'and again');
  cpSync(join(inside, '.git'), join(fixture.upper, '.git'), { recursive: true });
  plant(fixture.upper, { '.git/objects/info/alternates': '/etc\n', '.git/hooks/post-checkout': '#!/bin/sh\nexit 1\n' });
  symlinkSync('/etc/passwd', join(fixture.upper, '.git/refs/heads/outside'));
  const config = readFileSync(join(fixture.workspace, '.git/config'), 'utf8');
  const written = diskLayerReader.open(fixture.layer);
  const { session, workspace } = fixture;
  const refs = await repository.bring({ session, workspace, written, signal });
  expect(refs.map(({ ref, subject }) => `${ref} ${subject}`)).toEqual(['refs/cavern/s1/topic and again']);
  expect(git(workspace, 'log', '--format=%s', 'refs/cavern/s1/topic').split('\n')).toEqual([
    'and again',
    'from the session',
    'first',
  ]);
  expect(readFileSync(join(workspace, '.git/config'), 'utf8')).toBe(config);
  expect(git(workspace, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
  expect(readdirSync(join(workspace, '.git')).includes('FETCH_HEAD')).toBe(false);
});

test('objects that are not what their names say are not brought in', async () => {
  using fixture = repositoryFixture();
  const inside = join(fixture.root, 'inside');
  cpSync(fixture.workspace, inside, { recursive: true });
  plant(inside, { a: 'inside\n' });
  git(inside, 'commit', '-qam', 'spoiled');
  const blob = git(inside, 'rev-parse', 'HEAD:a');
  const other = git(inside, 'rev-parse', 'HEAD~1:a');
  const file = (sha: string) => join(inside, '.git/objects', sha.slice(0, 2), sha.slice(2));
  execFileSync('chmod', ['u+w', file(blob)]);
  cpSync(file(other), file(blob));
  cpSync(join(inside, '.git'), join(fixture.upper, '.git'), { recursive: true });
  const { session, workspace } = fixture;
  const written = diskLayerReader.open(fixture.layer);
  await expect(repository.bring({ session, workspace, written, signal })).rejects.toMatchObject({ code: 'git_failed' });
  expect(git(workspace, 'for-each-ref', 'refs/cavern/')).toBe('');
});
