import { chmodSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LayerFixture, layerFixture, picture, plant, whiteout } from '../workspace-files/layer-fixture.ts';
import { removeTree } from '../workspace-layer/remove-tree.ts';
import { DiskViewCopies } from './disk-view-copies.ts';

const { signal } = new AbortController();
let fixture: LayerFixture;
let copies: DiskViewCopies;
beforeEach(() => {
  fixture = layerFixture({
    workspace: {
      'src/a.txt': 'one',
      'src/deep/b': { text: 'run', mode: 0o755 },
      'node_modules/x/index.js': 'x',
      '.git/HEAD': 'ref',
      kept: 'kept',
      gone: 'gone',
      inside: { link: 'src/a.txt' },
      absolute: { link: '/workspace/src/deep' },
      out: { link: '/etc/passwd' },
      up: { link: '../elsewhere' },
    },
  });
  mkdirSync(join(fixture.root, 'mask'));
  copies = new DiskViewCopies(join(fixture.root, 'views'));
});
afterEach(async () => {
  await removeTree(join(fixture.root, 'views'));
  fixture[Symbol.dispose]();
});

const copy = (path = '') => copies.copyFolder({ ...fixture.layer, mask: join(fixture.root, 'mask') }, path, signal);

test('a folder is copied as the session sees it, and nothing in the copy can be written to', async () => {
  plant(fixture.upper, { 'src/a.txt': 'ONE', new: 'new' });
  whiteout(fixture.upper, 'gone');
  const { folder, files, leftOut } = await copy();
  expect(picture(folder)).toEqual({
    absolute: 'link src/deep',
    inside: 'link src/a.txt',
    kept: 'file 444 kept',
    new: 'file 444 new',
    src: 'folder 555',
    'src/a.txt': 'file 444 ONE',
    'src/deep': 'folder 555',
    'src/deep/b': 'file 555 run',
  });
  // Two links would lead the operator's editor out of the copy.
  expect([files, leftOut]).toEqual([4, 2]);
  expect([(lstatSync(folder).mode & 0o777).toString(8), folder.endsWith('/workspace')]).toEqual(['555', true]);
});

test('the copy follows: what changed is written anew, what is gone goes, what stayed is left alone', async () => {
  const { folder } = await copy();
  const untouched = lstatSync(join(folder, 'kept')).ino;
  plant(fixture.upper, { 'src/a.txt': 'longer', inside: 'a file now', 'fresh/c': 'c' });
  whiteout(fixture.upper, 'src/deep');
  whiteout(fixture.upper, 'gone');
  expect((await copy()).folder).toBe(folder);
  expect(picture(folder)).toEqual({
    fresh: 'folder 555',
    'fresh/c': 'file 444 c',
    inside: 'file 444 a file now',
    kept: 'file 444 kept',
    src: 'folder 555',
    'src/a.txt': 'file 444 longer',
  });
  expect(lstatSync(join(folder, 'kept')).ino).toBe(untouched);
});

test('a link that a session swaps in later leads nowhere either', async () => {
  const { folder } = await copy();
  const { upper } = fixture;
  whiteout(upper, 'src/deep');
  await removeTree(join(upper, 'src/deep'));
  symlinkSync('/etc', join(upper, 'src/deep'));
  await copy();
  expect(picture(folder)).not.toHaveProperty('src/deep');
  expect(picture(folder)).not.toHaveProperty('absolute');
});

test('a folder further down is one of its own, by its own name', async () => {
  const { folder, files } = await copy('absolute');
  expect([folder.endsWith('/deep'), files, readFileSync(join(folder, 'b'), 'utf8')]).toEqual([true, 1, 'run']);
  for (const [path, code] of [
    ['none', 'not_found'],
    ['kept', 'not_a_folder'],
    ['out', 'not_found'],
  ] as const)
    await expect(copy(path)).rejects.toMatchObject({ code });
});

test('what is too much is refused before anything is copied, with what to do', async () => {
  const limits = { files: 3, bytes: 1_000, fileBytes: 100 };
  copies = new DiskViewCopies(join(fixture.root, 'views'), limits);
  await expect(copy()).rejects.toMatchObject({ code: 'too_large', fix: expect.stringContaining('further down') });
  expect(() => lstatSync(join(fixture.root, 'views'))).toThrow();
  plant(fixture.upper, { 'src/large': 'x'.repeat(101) });
  expect(await copy('src')).toMatchObject({ files: 2, leftOut: 1 });
});

test('all copies of a session go with it, also out of folders that nobody may write to', async () => {
  const { folder } = await copy();
  chmodSync(folder, 0o500);
  await copies.forget(fixture.session);
  expect(() => lstatSync(folder)).toThrow();
  await copies.forget(fixture.session);
});
