import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { fromText } from '../../kernel/changes/files/byte-path.ts';
import { DiskWorkspace } from './folders/disk-workspace.ts';
import { layerFixture, picture, plant } from './layer-fixture.ts';

const { signal } = new AbortController();
/** Enough for the long runs of CAVERN_LONG. */
vi.setConfig({ testTimeout: 600_000 });
const ROUNDS = process.env['CAVERN_LONG'] === undefined ? 25 : 500;

/** Swaps a folder for a link that leads out of the workspace and back, as fast as it can, on a thread of its own. */
const SWAP = `
const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
const { parentPort, workerData: { folder, aside, outside, stop } } = require('node:worker_threads');
const flag = new Int32Array(stop);
while (Atomics.load(flag, 0) === 0) {
  try {
    renameSync(folder, aside);
    symlinkSync(outside, folder);
    unlinkSync(folder);
    renameSync(aside, folder);
  } catch {}
}
parentPort.postMessage('stopped');
`;

test('a parent that is swapped for a link while it is merged never leads out of the workspace', async () => {
  using fixture = layerFixture({ workspace: { 'd/kept': 'k' } });
  const outside = join(fixture.root, 'outside');
  plant(outside, { 'd/file0': 'of the operator', file0: 'of the operator' });
  const before = picture(outside);
  const stop = new SharedArrayBuffer(4);
  const workspace = fixture.workspace;
  // The folder is put aside inside the workspace, where the writes that go on in it may land.
  const workerData = { folder: join(workspace, 'd'), aside: join(workspace, 'aside'), outside, stop };
  const worker = new Worker(SWAP, { eval: true, workerData });
  try {
    for (let round = 0; round < ROUNDS; round++) {
      plant(fixture.upper, Object.fromEntries(Array.from({ length: 20 }, (_, file) => [`d/file${file}`, `${round}`])));
      await fixture.changes.merge({ session: fixture.session, mode: 'apply', signal });
    }
  } finally {
    Atomics.store(new Int32Array(stop), 0, 1);
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
  }
  expect(picture(outside)).toEqual(before);
});

test('a folder that was opened before it was swapped is still the one that is written to', async () => {
  using fixture = layerFixture({ workspace: { 'd/a': 'a' } });
  const outside = join(fixture.root, 'outside');
  mkdirSync(outside);
  using tree = new DiskWorkspace(fixture.workspace);
  await tree.stageFile(fromText('d/.staged'), Buffer.from('new'), 0o644);
  renameSync(join(fixture.workspace, 'd'), join(fixture.workspace, 'e'));
  symlinkSync(outside, join(fixture.workspace, 'd'));
  await tree.place(fromText('d/.staged'), fromText('d/a'), 'existing');
  expect({ outside: picture(outside), inside: picture(fixture.workspace)['e/a'] }).toEqual({
    outside: {},
    inside: 'file 644 new',
  });
});

test('what lies behind a link in a layer is not read', async () => {
  using fixture = layerFixture({ workspace: {} });
  plant(fixture.root, { 'secret/key': 'of the operator' });
  plant(fixture.upper, { 'd/key': 'x' });
  const marks = await fixture.options.reader.marks(fixture.layer, signal);
  rmSync(join(fixture.upper, 'd'), { recursive: true });
  symlinkSync(join(fixture.root, 'secret'), join(fixture.upper, 'd'));
  using tree = fixture.options.reader.open(fixture.layer);
  expect(marks.map((mark) => mark.path)).toContain('d/key');
  expect(await tree.stat(fromText('d/key'))).toBeUndefined();
  await expect(tree.content(fromText('d/key'))).rejects.toThrow('no regular file');
});

test('a folder is still read where hundreds lie above it', async () => {
  using fixture = layerFixture();
  const deep = `${'d/'.repeat(300)}file`;
  plant(fixture.upper, { [deep]: 'deep' });
  await fixture.changes.merge({ session: fixture.session, mode: 'apply', signal });
  expect(picture(fixture.workspace)[deep]).toBe('file 644 deep');
});
