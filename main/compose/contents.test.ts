import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Type from 'typebox';
import { expect, test } from 'vitest';
import type { SessionId } from '../../schema/entities.ts';
import { type Clock, systemClock, VirtualClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import { openHome } from '../platform/home/home.ts';
import { fileSealer, KeyStore } from '../platform/key-store/key-store.ts';
import { Storage } from '../platform/sqlite/storage.ts';
import { temporaryFolder } from '../platform/sqlite/test-home.ts';
import { composeContents } from './contents.ts';

const session = 's1' as SessionId; // a name of that form
const DAY_MS = 24 * 60 * 60 * 1000;
const LARGE_BYTES = 300 * 1024;

async function openContents(root: string, clock: Clock = systemClock) {
  const home = openHome(root);
  const storage = await Storage.open({ database: home.database, clock: systemClock, logger: silentLogger });
  const keys = KeyStore.open(home.keys, [fileSealer]);
  const composed = await composeContents({ home, logger: silentLogger, clock }, { keys, storage });
  const fsck = () => composed.fsck(new AbortController().signal);
  return {
    home,
    storage,
    contents: composed.contents,
    fsck,
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}

test('the check tells of a content that is damaged or gone, and of the session that needs it', async () => {
  using folder = temporaryFolder();
  await using opened = await openContents(folder.path);
  const store = opened.contents.of(session);
  const [damaged, gone] = [await store.put(randomBytes(LARGE_BYTES)), await store.put(randomBytes(LARGE_BYTES))];
  await store.put(Buffer.from('small'));
  await store.sync();
  const whole = {
    ok: true,
    contents: 2,
    references: 2,
    unreferenced: 0,
    recovered: 0,
    packs: 1,
    packed: 1,
    problems: [],
  };
  expect(await opened.fsck()).toEqual(whole);
  const pathOf = (sha256: string): string => join(opened.home.blobs, sha256.slice(0, 2), sha256.slice(2));
  writeFileSync(pathOf(damaged), 'rot');
  rmSync(pathOf(gone));
  expect(await opened.fsck()).toMatchObject({
    ok: false,
    contents: 1,
    problems: [
      { content: damaged, problem: 'It is no blob', owners: [session] },
      { content: gone, problem: 'It is referred to and not there', owners: [session] },
    ],
  });
});

test('owners are in the database: a session that goes after a restart takes its contents along', async () => {
  using folder = temporaryFolder();
  {
    await using opened = await openContents(folder.path);
    await opened.contents.of(session).put(randomBytes(LARGE_BYTES));
  }
  await using opened = await openContents(folder.path);
  expect(await opened.fsck()).toMatchObject({ contents: 1, references: 1 });
  await opened.contents.remove(session);
  expect(await opened.fsck()).toMatchObject({ ok: true, contents: 0, references: 0 });
});

/** A large content of a home whose database is lost afterwards. Answers its digest. */
async function loseOwners(root: string): Promise<string> {
  let sha256 = '';
  {
    await using opened = await openContents(root);
    sha256 = await opened.contents.of(session).put(randomBytes(LARGE_BYTES));
    // So that the database counts as one that was in use.
    writeFileSync(join(root, 'checkpoint.note'), 'a note');
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(root, `cavern.db${suffix}`), { force: true });
  return sha256;
}

test('a database that was lost with its owners costs no content, at the next start neither', async () => {
  using folder = temporaryFolder();
  const sha256 = await loseOwners(folder.path);
  for (let start = 0; start < 2; start += 1) {
    await using opened = await openContents(folder.path);
    expect(await opened.fsck()).toMatchObject({ ok: true, contents: 1, unreferenced: 0, recovered: 1 });
  }
  // Who reads it needs it, and owns it from then on.
  await using opened = await openContents(folder.path);
  await opened.contents.of(session).get(sha256);
  expect(await opened.fsck()).toMatchObject({ ok: true, contents: 1, unreferenced: 0, recovered: 0 });
});

test('what a repair kept goes a month later, once the sessions of its time are gone', async () => {
  using folder = temporaryFolder();
  await loseOwners(folder.path);
  const clock = new VirtualClock(DAY_MS);
  const contentsAfter = async (days: number, sessions: readonly number[]): Promise<unknown> => {
    clock.advance(days * DAY_MS);
    {
      await using opened = await openContents(folder.path, clock);
      const kept = await opened.storage.collection('session', Type.Object({ createdAt: Type.Integer() }));
      for (const id of kept.ids()) kept.delete(id);
      for (const createdAt of sessions) await kept.putSynced(`s${createdAt}`, { createdAt });
      await kept.flush();
    }
    await using opened = await openContents(folder.path, clock);
    const { contents, recovered } = await opened.fsck();
    return { contents, recovered };
  };
  const kept = { contents: 1, recovered: 1 };
  expect(await contentsAfter(0, [])).toEqual(kept);
  expect(await contentsAfter(29, [])).toEqual(kept);
  expect(await contentsAfter(0, [DAY_MS])).toEqual(kept);
  expect(await contentsAfter(2, [DAY_MS])).toEqual(kept);
  expect(await contentsAfter(0, [DAY_MS + 1])).toEqual({ contents: 0, recovered: 0 });
});
