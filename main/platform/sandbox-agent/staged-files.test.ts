import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stagingNotes } from '../../../schema/staged-files.ts';
import { removeStaged } from './staged-files.ts';

it('what a killed process had staged goes, and nothing else: no other name, nothing outside of the workspace, nothing that is not noted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-staged-test-'));
  const mark = `test-${process.pid}`;
  const notes = stagingNotes(mark);
  onTestFinished(async () => {
    for (const each of [folder, notes]) await rm(each, { recursive: true, force: true });
  });
  const [workspace, outside] = [join(folder, 'workspace'), join(folder, 'outside')];
  await mkdir(join(workspace, 'src/.cavern-tree/deep'), { recursive: true });
  await mkdir(outside);
  await symlink(outside, join(workspace, 'out'));
  const files = [
    join(workspace, '.cavern-file'),
    join(workspace, '.cavern-not-noted'),
    join(workspace, 'kept.txt'),
    join(workspace, 'src/.cavern-tree/deep/a'),
    join(outside, '.cavern-theirs'),
  ];
  for (const file of files) await writeFile(file, '');
  await mkdir(notes);
  const noted = [
    join(workspace, '.cavern-file'),
    join(workspace, 'src/.cavern-tree'),
    join(workspace, '.cavern-put-into-place'),
    join(workspace, 'kept.txt'),
    join(workspace, 'out/.cavern-theirs'),
    join(outside, '.cavern-theirs'),
    join(workspace, 'src/..'),
    '.cavern-relative',
  ];
  for (const [index, target] of noted.entries()) await symlink(target, join(notes, String(index)));
  await writeFile(join(notes, 'no-link'), '');
  await removeStaged(mark, workspace);
  const left = await Promise.all([workspace, join(workspace, 'src'), outside].map((each) => readdir(each)));
  expect(left.map((names) => names.sort())).toEqual([
    ['.cavern-not-noted', 'kept.txt', 'out', 'src'],
    [],
    ['.cavern-theirs'],
  ]);
  await expect(readdir(notes)).rejects.toMatchObject({ code: 'ENOENT' });
  await removeStaged(mark, workspace);
});
