import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeCopyRecord } from '../workspace-layer/copy-record.ts';
import { type LayerFixture, layerFixture, picture, plant } from './layer-fixture.ts';

const { signal } = new AbortController();

async function lines({ changes, session }: LayerFixture): Promise<string[]> {
  const listed = await changes.list({ session, signal });
  return listed.map(({ kind, from, path, mode = '-', secret }) =>
    [kind, from === undefined ? path : `${from} -> ${path}`, mode, ...(secret ? ['secret'] : [])].join(' '),
  );
}

async function merge({ changes, session }: LayerFixture): Promise<void> {
  await changes.merge({ session, mode: 'apply', signal });
}

test('a copy of the workspace gives the same change set', async () => {
  using fixture = layerFixture({
    workspace: { a: 'one', 'dir/b': 'two', gone: 'x', 'old/1': '1', same: 'same' },
    strategy: 'copy',
  });
  plant(fixture.upper, {
    a: 'ONE',
    'dir/b': { text: 'two', mode: 0o755 },
    new: 'n',
    same: 'same',
    'e/f': { folder: true },
  });
  rmSync(join(fixture.upper, 'gone'));
  rmSync(join(fixture.upper, 'old'), { recursive: true });
  plant(fixture.workspace, { 'operators-own': 'later' });
  expect(await lines(fixture)).toEqual([
    'modified a 100644',
    'modified dir/b 100755',
    'added e/f 040000',
    'deleted gone -',
    'added new 100644',
    'deleted old/1 -',
  ]);
  await merge(fixture);
  expect(await lines(fixture)).toEqual([]);
});

test('a folder that was moved in a copy takes its files along, and what the operator deleted meanwhile stays deleted', async () => {
  using fixture = layerFixture({
    workspace: { 'dir/a': 'one', 'dir/sub/b': 'two', 'x/f': 'x', 'y/f': 'y', c: 'c', theirs: 't', same: 's' },
    strategy: 'copy',
  });
  await writeCopyRecord(fixture.upper);
  const move = (from: string, to: string): void => renameSync(join(fixture.upper, from), join(fixture.upper, to));
  move('dir', 'moved');
  move('x', 'z');
  move('y', 'x');
  move('z', 'y');
  move('c', 'C');
  rmSync(join(fixture.workspace, 'theirs'));
  expect(await lines(fixture)).toEqual([
    'renamed c -> C 100644',
    'renamed dir/a -> moved/a 100644',
    'renamed dir/sub/b -> moved/sub/b 100644',
    'modified x/f 100644',
    'modified y/f 100644',
  ]);
  await merge(fixture);
  expect(picture(fixture.workspace)).toEqual({
    C: 'file 644 c',
    moved: 'folder 755',
    'moved/a': 'file 644 one',
    'moved/sub': 'folder 755',
    'moved/sub/b': 'file 644 two',
    same: 'file 644 s',
    x: 'folder 755',
    'x/f': 'file 644 y',
    y: 'folder 755',
    'y/f': 'file 644 x',
  });
});
