import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Change } from '../../../schema/entities.ts';
import type { Changes } from '../../kernel/changes/changes.ts';
import { type LayerFixture, layerFixture, opaqueFolder, picture, plant, whiteout } from './layer-fixture.ts';

const { signal } = new AbortController();

async function lines(fixture: LayerFixture, changes: Changes = fixture.changes): Promise<string[]> {
  const listed = await changes.list({ session: fixture.session, signal });
  return listed.map(lineOf);
}

function lineOf(change: Change): string {
  const flags = (['ignored', 'secret', 'conflict'] as const).filter((flag) => change[flag]);
  const from = change.from === undefined ? '' : `${change.from} -> `;
  return [change.kind, `${from}${change.path}`, change.mode ?? '-', ...flags].join(' ');
}

async function merge(fixture: LayerFixture, paths?: string[]) {
  const outcome = await fixture.changes.merge({ session: fixture.session, paths, mode: 'apply', signal });
  const { merged, conflicts, left, refused } = outcome;
  return { merged, conflicts, left, refused: refused.map(({ path }) => path) };
}

test('a change set lists what was added, modified and deleted, with modes and symlinks', async () => {
  using fixture = layerFixture({
    workspace: { a: 'one', 'dir/b': 'two', gone: 'x', 'old/1': '1', 'old/2': '2', same: 'same', link: { link: 'a' } },
  });
  plant(fixture.upper, {
    a: 'ONE',
    'dir/b': { text: 'two', mode: 0o755 },
    new: 'new',
    link: { link: 'same' },
    same: 'same',
    'fresh/empty': { folder: true },
  });
  whiteout(fixture.upper, 'gone');
  whiteout(fixture.upper, 'old');
  expect(await lines(fixture)).toEqual([
    'modified a 100644',
    'modified dir/b 100755',
    'added fresh/empty 040000',
    'deleted gone -',
    'modified link 120000',
    'added new 100644',
    'deleted old/1 -',
    'deleted old/2 -',
  ]);
});

test('a secret that was hidden while the session ran is no change of it, and a merge leaves it as it is', async () => {
  using fixture = layerFixture({ workspace: { 'dir/.env': 'SECRET=1', a: 'one' }, maskedPaths: ['dir/.env'] });
  plant(fixture.upper, { a: 'ONE' });
  whiteout(fixture.upper, 'dir/.env');
  expect(await lines(fixture)).toEqual(['modified a 100644']);
  await merge(fixture);
  expect(picture(fixture.workspace)['dir/.env']).toBe('file 644 SECRET=1');
});

test('a merge makes the workspace what the session saw, an undo what it was', async () => {
  using fixture = layerFixture({
    workspace: { a: 'one', 'dir/b': 'two', gone: 'x', 'old/1': '1', 'old/2': '2', link: { link: 'a' }, was: 'file' },
  });
  const before = picture(fixture.workspace);
  plant(fixture.upper, {
    a: 'ONE',
    'dir/b': { text: 'two', mode: 0o755 },
    new: 'new',
    link: { link: 'same' },
    'fresh/empty': { folder: true },
    'was/now': 'a folder',
  });
  whiteout(fixture.upper, 'gone');
  whiteout(fixture.upper, 'old');
  const listed = await lines(fixture);
  await merge(fixture);
  expect(picture(fixture.workspace)).toEqual({
    a: 'file 644 ONE',
    dir: 'folder 755',
    'dir/b': 'file 755 two',
    fresh: 'folder 755',
    'fresh/empty': 'folder 755',
    link: 'link same',
    new: 'file 644 new',
    was: 'folder 755',
    'was/now': 'file 644 a folder',
  });
  expect(await lines(fixture)).toEqual([]);
  expect(await lines(fixture, fixture.restarted())).toEqual([]);
  const undone = await fixture.changes.undo({ session: fixture.session, signal });
  expect(undone.refused).toEqual([]);
  expect(picture(fixture.workspace)).toEqual(before);
  expect(await lines(fixture)).toEqual(listed);
});

test('a folder that became a file is merged and restored with all that was in it', async () => {
  using fixture = layerFixture({ workspace: { 'd/a': '1', 'd/sub/b': '2', 'd/none': { folder: true } } });
  const before = picture(fixture.workspace);
  plant(fixture.upper, { d: 'file' });
  expect(await lines(fixture)).toEqual(['added d 100644', 'deleted d/a -', 'deleted d/sub/b -']);
  await merge(fixture);
  expect(picture(fixture.workspace)).toEqual({ d: 'file 644 file' });
  await fixture.changes.undo({ session: fixture.session, signal });
  expect(picture(fixture.workspace)).toEqual(before);
});

test('a file that became an empty folder is merged and restored', async () => {
  using fixture = layerFixture({ workspace: { d: 'file' } });
  plant(fixture.upper, { d: { folder: true } });
  expect(await lines(fixture)).toEqual(['modified d 040000']);
  await merge(fixture);
  expect(picture(fixture.workspace)).toEqual({ d: 'folder 755' });
  await fixture.changes.undo({ session: fixture.session, signal });
  expect(picture(fixture.workspace)).toEqual({ d: 'file 644 file' });
});

test('an opaque folder hides everything that is not in it, at every depth', async () => {
  using fixture = layerFixture({ workspace: { 'd/a': '1', 'd/sub/b': '2', 'd/sub/c': '3', 'd/keep': 'k' } });
  opaqueFolder(fixture.upper, 'd');
  plant(fixture.upper, { 'd/keep': 'k', 'd/sub/c': '3 changed' });
  expect(await lines(fixture)).toEqual(['deleted d/a -', 'deleted d/sub/b -', 'modified d/sub/c 100644']);
});

test('a renamed folder is listed as renames, by digest and by likeness', async () => {
  const text = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');
  using fixture = layerFixture({ workspace: { 'old/a': 'alpha', 'old/b': text } });
  whiteout(fixture.upper, 'old');
  plant(fixture.upper, { 'new/a': 'alpha', 'new/b': text.replace('line 3', 'line three') });
  expect(await lines(fixture)).toEqual(['renamed old/a -> new/a 100644', 'renamed old/b -> new/b 100644']);
  expect(await merge(fixture)).toEqual({ merged: ['new/a', 'new/b'], conflicts: [], left: [], refused: [] });
  expect(Object.keys(picture(fixture.workspace))).toEqual(['new', 'new/a', 'new/b']);
  expect(await lines(fixture)).toEqual([]);
  await fixture.changes.undo({ session: fixture.session, signal });
  expect(Object.keys(picture(fixture.workspace))).toEqual(['old', 'old/a', 'old/b']);
});

test('a repository is never listed, under its name or another', async () => {
  const repository = { HEAD: 'ref: refs/heads/main\n', config: '[core]\n', 'refs/heads/main': 'x', 'objects/1': 'o' };
  const under = (folder: string) =>
    Object.fromEntries(Object.entries(repository).map(([path, text]) => [`${folder}/${path}`, text]));
  using fixture = layerFixture({ workspace: { ...under('.git'), ...under('lib/.git'), 'lib/a': 'a' } });
  plant(fixture.upper, { '.git/config': '[core]\nfsmonitor = evil\n', ...under('moved'), 'sub/.GIT/hooks/x': 'evil' });
  whiteout(fixture.upper, 'lib');
  expect(await lines(fixture)).toEqual(['deleted lib/a -']);
  await merge(fixture);
  expect(Object.keys(picture(fixture.workspace)).filter((path) => path.startsWith('lib/'))).toContain('lib/.git/HEAD');
});

test('a hidden file is never deleted, replaced or moved, and that is reported', async () => {
  using fixture = layerFixture({
    workspace: { 'config/.env': 'SECRET=1', 'config/a': 'a', '.env': 'SECRET=2' },
    maskedPaths: ['.env', 'config/.env'],
  });
  whiteout(fixture.upper, 'config');
  plant(fixture.upper, { '.env': 'SECRET=evil' });
  expect(await lines(fixture)).toEqual([
    'modified .env 100644 secret',
    'deleted config/.env - secret',
    'deleted config/a -',
  ]);
  expect(await merge(fixture)).toEqual({
    merged: ['config/a'],
    conflicts: [],
    left: [],
    refused: ['.env', 'config/.env'],
  });
  expect(picture(fixture.workspace)).toEqual({
    '.env': 'file 644 SECRET=2',
    config: 'folder 755',
    'config/.env': 'file 644 SECRET=1',
  });
});

test('a folder that holds a hidden file is not replaced by a file', async () => {
  using fixture = layerFixture({ workspace: { 'config/.env': 'SECRET=1' }, maskedPaths: ['config/.env'] });
  plant(fixture.upper, { config: 'a file' });
  expect((await merge(fixture)).refused).toEqual(['config', 'config/.env']);
  expect(picture(fixture.workspace)).toMatchObject({ 'config/.env': 'file 644 SECRET=1' });
});

test('ignored and secret-looking files are left unless they are named', async () => {
  using fixture = layerFixture({ workspace: { '.gitignore': 'out/\n*.log\n!keep.log\n' } });
  plant(fixture.upper, { 'out/x': 'x', 'a.log': 'a', 'keep.log': 'k', '.env.local': 'SECRET=1', src: 's' });
  expect(await lines(fixture)).toEqual([
    'added .env.local 100644 secret',
    'added a.log 100644 ignored',
    'added keep.log 100644',
    'added out/x 100644 ignored',
    'added src 100644',
  ]);
  expect(await merge(fixture)).toEqual({
    merged: ['keep.log', 'src'],
    conflicts: [],
    left: ['.env.local', 'a.log', 'out/x'],
    refused: [],
  });
  expect((await merge(fixture, ['out/x', '.env.local'])).merged).toEqual(['.env.local', 'out/x']);
});

test('special files and set-user-id files are refused with the reason', async () => {
  using fixture = layerFixture();
  plant(fixture.upper, { suid: { text: 'x', mode: 0o4755 }, plain: 'p' });
  const { execFileSync } = await import('node:child_process');
  execFileSync('mkfifo', [join(fixture.upper, 'pipe')]);
  const outcome = await fixture.changes.merge({ session: fixture.session, mode: 'apply', signal });
  expect(outcome.merged).toEqual(['plain']);
  expect(outcome.refused).toEqual([
    { path: 'pipe', reason: 'a named pipe is not merged' },
    { path: 'suid', reason: 'the file runs as another user (set-user-id or set-group-id bit)' },
  ]);
});

test('a change of both sides is merged where it can be, and is a conflict where it cannot', async () => {
  const text = 'one\ntwo\nthree\nfour\nfive\n';
  using fixture = layerFixture({ workspace: { clean: text, clash: text, gone: text } });
  plant(fixture.upper, { clean: text.replace('one', 'ONE'), clash: text.replace('one', 'ONE') });
  whiteout(fixture.upper, 'gone');
  await lines(fixture);
  writeFileSync(join(fixture.workspace, 'clean'), text.replace('five', 'FIVE'));
  writeFileSync(join(fixture.workspace, 'clash'), text.replace('one', 'uno'));
  writeFileSync(join(fixture.workspace, 'gone'), `${text}six\n`);
  expect(await merge(fixture)).toEqual({ merged: ['clean'], conflicts: ['clash', 'gone'], left: [], refused: [] });
  expect(picture(fixture.workspace)).toEqual({
    clash: `file 644 ${text.replace('one', 'uno')}`,
    clean: 'file 644 ONE\ntwo\nthree\nfour\nFIVE\n',
    gone: `file 644 ${text}six\n`,
  });
});

test('a path whose old bytes are gone is a conflict that shows both sides', async () => {
  using fixture = layerFixture({ workspace: { a: 'old' } });
  writeFileSync(join(fixture.workspace, 'a'), 'of the operator');
  plant(fixture.upper, { a: 'of the session' });
  expect(await lines(fixture)).toEqual(['modified a 100644 conflict']);
  const diff = await fixture.changes.diff({ session: fixture.session, path: 'a', signal });
  expect([diff.before, diff.after, diff.current].map((side) => side?.kind === 'text' && side.text)).toEqual([
    false,
    'of the session',
    'of the operator',
  ]);
  expect((await merge(fixture)).conflicts).toEqual(['a']);
});

test('a symlinked parent in the workspace is never followed', async () => {
  using fixture = layerFixture({ workspace: { 'd/a': 'a' } });
  plant(fixture.upper, { 'd/a': 'b', 'd/new': 'n' });
  const outside = join(fixture.root, 'outside');
  mkdirSync(outside);
  rmSync(join(fixture.workspace, 'd'), { recursive: true });
  plant(fixture.workspace, { d: { link: outside } });
  expect(await merge(fixture)).toMatchObject({ merged: [], refused: ['d/a', 'd/new'] });
  expect(picture(outside)).toEqual({});
});

test('names that are not UTF-8 are merged byte for byte', async () => {
  using fixture = layerFixture();
  const name = Buffer.concat([Buffer.from(`${fixture.upper}/caf`), Buffer.from([0xe9])]);
  writeFileSync(name, 'x');
  const [change] = await fixture.changes.list({ session: fixture.session, signal });
  expect(change).toMatchObject({ path: 'caf\ufffd', pathBytes: Buffer.from('caf\xe9', 'latin1').toString('base64') });
  await merge(fixture);
  expect(await lines(fixture)).toEqual([]);
});

test('each side of a change is read byte for byte where its bytes are asked for, whatever its encoding', async () => {
  const before = Buffer.from('caf\xe9\n', 'latin1');
  const after = Buffer.from('\ufeffa\n', 'utf16le');
  using fixture = layerFixture({ workspace: { a: before } });
  plant(fixture.upper, { a: after });
  const read = async (side: 'before' | 'after'): Promise<Buffer> => {
    const parts: Buffer[] = [];
    const request = { session: fixture.session, signal, path: 'a', side, as: 'bytes' } as const;
    for await (const event of fixture.changes.files.read(request)) {
      if (event.type === 'bytes') parts.push(Buffer.from(event.base64, 'base64'));
    }
    return Buffer.concat(parts);
  };
  expect([await read('before'), await read('after')]).toEqual([before, after]);
});

test('undo refuses a path that changed since the merge, and restores the rest', async () => {
  using fixture = layerFixture({ workspace: { a: '1', b: '2' } });
  plant(fixture.upper, { a: 'A', b: 'B' });
  await merge(fixture);
  writeFileSync(join(fixture.workspace, 'a'), 'later');
  const undone = await fixture.changes.undo({ session: fixture.session, signal });
  expect(undone).toMatchObject({ restored: ['b'], refused: [{ path: 'a' }] });
  expect(picture(fixture.workspace)).toEqual({ a: 'file 644 later', b: 'file 644 2' });
  await expect(fixture.changes.undo({ session: fixture.session, signal })).rejects.toMatchObject({
    code: 'nothing_to_undo',
  });
});

test('discarding takes back what is named, out of marks that stand for more too', async () => {
  using fixture = layerFixture({ workspace: { 'd/a': '1', 'd/sub/b': '2', c: 'c' } });
  whiteout(fixture.upper, 'd');
  plant(fixture.upper, { c: 'C', n: 'n' });
  const request = { session: fixture.session, signal };
  expect(await fixture.changes.discard({ ...request, paths: ['d/sub/b', 'c'] })).toEqual(['c', 'd/sub/b']);
  expect(await lines(fixture)).toEqual(['deleted d/a -', 'added n 100644']);
  await fixture.changes.discard(request);
  expect(picture(fixture.upper)).toEqual({});
});

test('discarding is refused while the session runs', async () => {
  using fixture = layerFixture({ running: () => true });
  plant(fixture.upper, { a: 'a' });
  const discarding = fixture.changes.discard({ session: fixture.session, signal });
  await expect(discarding).rejects.toMatchObject({ code: 'session_running' });
});
