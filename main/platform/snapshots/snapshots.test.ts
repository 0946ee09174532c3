import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SessionId, SnapshotId } from '../../../schema/entities.ts';
import { Changes } from '../../kernel/changes/changes.ts';
import { directTextWork } from '../../kernel/changes/diff/direct-text-work.fixture.ts';
import { compareFile, compareStates } from '../../kernel/changes/snapshots/comparison.ts';
import { Snapshots } from '../../kernel/changes/snapshots/snapshots.ts';
import {
  type LayerFixture,
  layerFixture,
  opaqueFolder,
  picture,
  plant,
  portsOf,
  whiteout,
} from '../workspace-files/layer-fixture.ts';
import { copyLayer } from './copy-layer.ts';
import { DiskSnapshots } from './disk-snapshots.ts';

const { signal } = new AbortController();
const now = (): number => Date.now();

function services(fixture: LayerFixture, running = false) {
  const store = new DiskSnapshots(join(fixture.root, 'home', 'sessions'));
  const { bases, contents } = fixture.options;
  const layers = { layer: () => fixture.layer, isRunning: () => running };
  const snapshots = new Snapshots({ store, layers, bases, contents, now });
  return { snapshots, changes: new Changes({ ...fixture.options, snapshots }) };
}

function changedFixture(): LayerFixture {
  const fixture = layerFixture({ workspace: { a: 'one\n', gone: 'g', 'old/x': 'x', 'old/y': 'y' } });
  plant(fixture.upper, { a: 'two\n', run: { text: '#!', mode: 0o755 }, link: { link: '/etc/passwd' } });
  whiteout(fixture.upper, 'gone');
  opaqueFolder(fixture.upper, 'old');
  plant(fixture.upper, { 'old/z': 'z' });
  return fixture;
}

test('a snapshot keeps files, modes, times, links and marks, and brings them back', async () => {
  using fixture = changedFixture();
  utimesSync(join(fixture.upper, 'a'), 1000, 2000);
  const { snapshots, changes } = services(fixture);
  const list = () => changes.list({ session: fixture.session, signal });
  const before = { layer: picture(fixture.upper), changes: await list() };
  const { id } = await snapshots.create(changes.views, fixture.session, 'half way');
  plant(fixture.upper, { a: 'three\n', later: 'l', gone: 'back again' });
  expect((await list()).map(({ path }) => path)).toContain('later');
  await snapshots.restore(changes.views, fixture.session, id);
  expect(picture(fixture.upper)).toEqual(before.layer);
  expect(lstatSync(join(fixture.upper, 'a')).mtimeMs).toBe(2_000_000);
  expect(await list()).toEqual(before.changes);
  expect((await snapshots.list(fixture.session)).map(({ name }) => name)).toEqual(['half way']);
  expect(readdirSync(join(fixture.upper, '..')).sort()).toEqual(['bases.jsonl', 'snapshots', 'upper']);
  await snapshots.remove(fixture.session, id);
  expect(await snapshots.list(fixture.session)).toEqual([]);
});

test('a snapshot of a running session is not restored under it', async () => {
  using fixture = changedFixture();
  const { snapshots, changes } = services(fixture, true);
  const kept = await snapshots.create(changes.views, fixture.session, 'live');
  expect(kept.running).toBe(true);
  await expect(snapshots.restore(changes.views, fixture.session, kept.id)).rejects.toMatchObject({
    code: 'session_running',
  });
});

test('a snapshot is compared with what became of it', async () => {
  using fixture = changedFixture();
  const { snapshots, changes } = services(fixture);
  const { session } = fixture;
  const { id: snapshot } = await snapshots.create(changes.views, session, 'then');
  plant(fixture.upper, { a: 'three\n', later: 'l' });
  execFileSync('rm', [join(fixture.upper, 'run')]);
  const states = [
    { session, snapshot, signal },
    { session, signal },
  ] as const;
  const options = { views: changes.views, now, texts: directTextWork };
  const compared = await compareStates(options, states);
  expect(compared.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['modified a', 'added later', 'deleted run']);
  expect(await compareFile(options, states, 'a')).toMatchObject({
    before: { text: 'two\n' },
    after: { text: 'three\n' },
  });
});

test('a branch begins with the layer of the snapshot, judged against the same old contents', async () => {
  using fixture = changedFixture();
  const { snapshots, changes } = services(fixture);
  const listed = await changes.list({ session: fixture.session, signal });
  const { id } = await snapshots.create(changes.views, fixture.session, 'fork');
  const branch = 's2' as SessionId; // a name of that form
  const layer = await snapshots.seed({ session: fixture.session, snapshot: id }, branch);
  const second = new Changes({
    ...portsOf(fixture.root, layer),
    layers: { layer: () => layer, isRunning: () => false },
  });
  expect(await second.list({ session: branch, signal })).toEqual(listed);
  writeFileSync(join(fixture.workspace, 'a'), 'operator\n');
  // The old content came along: this is no change without a base.
  expect((await second.list({ session: branch, signal })).some(({ conflict }) => conflict)).toBe(false);
});

test('what is swapped for a link while a layer is copied leads nowhere', async () => {
  using fixture = layerFixture();
  const outside = join(fixture.root, 'outside');
  plant(outside, { key: 'of the operator' });
  plant(fixture.upper, { 'd/key': 'of the session' });
  const copy = join(fixture.root, 'copy');
  mkdirSync(copy);
  renameSync(join(fixture.upper, 'd'), join(fixture.upper, 'e'));
  symlinkSync(outside, join(fixture.upper, 'd'));
  chmodSync(fixture.upper, 0o751);
  await copyLayer(fixture.upper, copy);
  expect(statSync(copy).mode & 0o777).toBe(0o751);
  expect(picture(copy)).toMatchObject({ d: `link ${outside}`, 'e/key': 'file 644 of the session' });
});

test('what a crash left of a copy is removed at the start, and is in no list', async () => {
  using fixture = changedFixture();
  const { snapshots } = services(fixture);
  const root = join(fixture.upper, '..');
  plant(root, { 'snapshots/x.partial/layer/f': 'f', 'upper.partial/f': 'f' });
  expect(await snapshots.list(fixture.session)).toEqual([]);
  await snapshots.recover();
  expect([readdirSync(join(root, 'snapshots')), readdirSync(root).includes('upper.partial')]).toEqual([[], false]);
  await expect(snapshots.get(fixture.session, 'x' as SnapshotId)).rejects.toMatchObject({ code: 'not_found' });
});
