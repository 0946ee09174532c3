import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import { Changes } from '../../kernel/changes/changes.ts';
import { Reviews } from '../../kernel/changes/review/reviews.ts';
import { FileReviewStore } from './records/file-review-store.ts';
import { type LayerFixture, layerFixture, plant } from './layer-fixture.ts';

const { signal } = new AbortController();

/** The file is on a disk without room until it is disposed: the kernel's own, on which every write fails with ENOSPC. */
function withoutRoom(path: string): Disposable {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync('/dev/full', path);
  return { [Symbol.dispose]: () => rmSync(path) };
}

const packOf = ({ root, session }: LayerFixture): string => join(root, 'home', 'blobs', session, 'small.pack');
const basesOf = ({ root, session }: LayerFixture): string => join(root, 'home', 'sessions', session, 'bases.jsonl');

/** A session that has changed nothing yet, and that somebody has looked at. */
async function quietSession(): Promise<LayerFixture> {
  const fixture = layerFixture({ workspace: { a: 'one\ntwo\nthree\n' } });
  await fixture.changes.list({ session: fixture.session, signal });
  return fixture;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (thrown) {
    return thrown instanceof Fault ? { code: thrown.code, saysWhy: !!thrown.why, saysFix: !!thrown.fix } : thrown;
  }
}

const DISK_FULL = { code: 'disk_full', saysWhy: true, saysFix: true };

test('with no room for what files were before, the list says so; once there is room it is kept', async () => {
  for (const place of [packOf, basesOf]) {
    using fixture = await quietSession();
    const request = { session: fixture.session, signal };
    plant(fixture.upper, { a: 'ONE\ntwo\nthree\n' });
    {
      using _full = withoutRoom(place(fixture));
      expect(await failureOf(fixture.changes.list(request))).toEqual(DISK_FULL);
      expect(await failureOf(fixture.changes.merge({ ...request, mode: 'apply' }))).toEqual(DISK_FULL);
      expect(readFileSync(join(fixture.workspace, 'a'), 'utf8')).toBe('one\ntwo\nthree\n');
    }
    expect((await fixture.changes.list(request)).map(({ path }) => path)).toEqual(['a']);
    // What it was is known, to a later process too: both changes are merged.
    appendFileSync(join(fixture.workspace, 'a'), 'four\n');
    expect(await fixture.restarted().merge({ ...request, mode: 'apply' })).toMatchObject({ merged: ['a'] });
    expect(readFileSync(join(fixture.workspace, 'a'), 'utf8')).toBe('ONE\ntwo\nthree\nfour\n');
  }
});

test('with no room for a large old content the list says so', async () => {
  using fixture = await quietSession();
  const full = new Fault('storage_failed', 'Cannot write the content: the disk is full', { data: { code: 'ENOSPC' } });
  const changes = new Changes({
    ...fixture.options,
    contents: {
      of: (session) =>
        new Proxy(fixture.options.contents.of(session), {
          get: (_store, name) => () => (name === 'has' ? Promise.resolve(false) : Promise.reject(full)),
        }),
      remove: (session) => fixture.options.contents.remove(session),
    },
  });
  plant(fixture.upper, { a: 'changed' });
  expect(await failureOf(changes.list({ session: fixture.session, signal }))).toEqual(DISK_FULL);
});

test('changes are discarded without room: that is a way to make some', async () => {
  using fixture = await quietSession();
  const request = { session: fixture.session, signal };
  plant(fixture.upper, { a: 'changed', b: 'new' });
  using _full = withoutRoom(packOf(fixture));
  expect(await fixture.changes.discard({ ...request, paths: ['b'] })).toEqual(['b']);
  expect(await fixture.changes.discard(request)).toEqual(['a']);
  expect(await fixture.changes.list(request)).toEqual([]);
});

test('with no room for a decision or a comment it is refused, and the review stays what it was', async () => {
  using fixture = await quietSession();
  const { session, root } = fixture;
  const store = new FileReviewStore(join(root, 'home', 'sessions'));
  const reviews = new Reviews({ store, now: () => 1, type: async () => undefined });
  const decide = () => reviews.decide(session, [{ path: 'a', verdict: 'accepted', sha256: null }]);
  const comment = () => reviews.comment(session, { path: 'a', side: 'after', line: 1, quote: 'one', text: 'why?' });
  expect(await reviews.get(session)).toEqual({ files: [], comments: [] });
  {
    using _full = withoutRoom(join(root, 'home', 'sessions', session, 'review.jsonl'));
    expect([await failureOf(decide()), await failureOf(comment())]).toEqual([DISK_FULL, DISK_FULL]);
    expect(await reviews.get(session)).toEqual({ files: [], comments: [] });
  }
  await decide();
  await comment();
  const later = new Reviews({ store, now: () => 1, type: async () => undefined });
  const { files, comments } = await later.get(session);
  expect([files.map(({ path }) => path), comments.map(({ text }) => text)]).toEqual([['a'], ['why?']]);
});

test('a file of the folder is never written to make room, nor left half written', async () => {
  using fixture = await quietSession();
  writeFileSync(join(fixture.workspace, 'mine'), 'mine');
  plant(fixture.upper, { a: 'changed', mine: 'theirs' });
  using _full = withoutRoom(packOf(fixture));
  const request = { session: fixture.session, signal };
  expect(await failureOf(fixture.changes.merge({ ...request, mode: 'apply' }))).toEqual(DISK_FULL);
  const texts = ['a', 'mine'].map((name) => readFileSync(join(fixture.workspace, name), 'utf8'));
  expect(texts).toEqual(['one\ntwo\nthree\n', 'mine']);
});
