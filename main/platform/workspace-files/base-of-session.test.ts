import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LayerFixture, layerFixture, picture, plant, whiteout } from './layer-fixture.ts';

/*
 * A change is told against the workspace as it was when the session began, while the operator goes on working in it.
 */

const { signal } = new AbortController();
const TEXT = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';

async function listed(fixture: LayerFixture): Promise<string[]> {
  const changes = await fixture.changes.list({ session: fixture.session, signal });
  return changes.map(({ kind, path, conflict }) => `${kind} ${path}${conflict ? ' conflict' : ''}`);
}

const apply = (fixture: LayerFixture) => fixture.changes.merge({ session: fixture.session, mode: 'apply', signal });

test('what the operator does elsewhere in the folder is no change of the session, and stays through a merge', async () => {
  using fixture = layerFixture({ workspace: { mine: TEXT, gone: 'g', 'old/name': TEXT, theirs: TEXT } });
  plant(fixture.upper, { theirs: `${TEXT}eight\n` });
  expect(await listed(fixture)).toEqual(['modified theirs']);
  plant(fixture.workspace, { mine: 'mine now', 'new/name': TEXT, added: 'a' });
  for (const path of ['gone', 'old']) rmSync(join(fixture.workspace, path), { recursive: true });
  expect(await listed(fixture)).toEqual(['modified theirs']);
  await apply(fixture);
  expect(picture(fixture.workspace)).toEqual({
    added: 'file 644 a',
    mine: 'file 644 mine now',
    new: 'folder 755',
    'new/name': `file 644 ${TEXT}`,
    theirs: `file 644 ${TEXT}eight\n`,
  });
});

test('the difference is against what the session started from, by a later process too', async () => {
  using fixture = layerFixture({ workspace: { a: TEXT } });
  plant(fixture.upper, { a: TEXT.replace('two', 'TWO') });
  await listed(fixture);
  writeFileSync(join(fixture.workspace, 'a'), TEXT.replace('six', 'SIX'));
  for (const changes of [fixture.changes, fixture.restarted()]) {
    const { before, after } = await changes.diff({ session: fixture.session, path: 'a', signal });
    expect([before, after].map((side) => side.kind === 'text' && side.text)).toEqual([
      TEXT,
      TEXT.replace('two', 'TWO'),
    ]);
  }
  expect((await apply(fixture)).merged).toEqual(['a']);
  expect(picture(fixture.workspace)).toEqual({ a: `file 644 ${TEXT.replace('two', 'TWO').replace('six', 'SIX')}` });
});

test('what both did alike is no change any more', async () => {
  using fixture = layerFixture({ workspace: { a: 'old', gone: 'g', kept: 'k' } });
  plant(fixture.upper, { a: 'new', made: 'm', kept: 'K' });
  whiteout(fixture.upper, 'gone');
  expect(await listed(fixture)).toEqual(['modified a', 'deleted gone', 'modified kept', 'added made']);
  plant(fixture.workspace, { a: 'new', made: 'm' });
  rmSync(join(fixture.workspace, 'gone'));
  expect(await listed(fixture)).toEqual(['modified kept']);
});

test('what the operator removed or added at the same path meanwhile is a conflict, and nothing of it is lost', async () => {
  using fixture = layerFixture({ workspace: { removed: TEXT } });
  plant(fixture.upper, { removed: `${TEXT}eight\n`, added: 'of the session' });
  await listed(fixture);
  rmSync(join(fixture.workspace, 'removed'));
  writeFileSync(join(fixture.workspace, 'added'), 'of the operator');
  expect((await apply(fixture)).conflicts.toSorted()).toEqual(['added', 'removed']);
  expect(picture(fixture.workspace)).toEqual({ added: 'file 644 of the operator' });
});
