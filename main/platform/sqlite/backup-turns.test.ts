import { expect, test } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { openTestHome, temporaryFolder } from './test-home.ts';

test('a backup that nobody asked for waits for its turn, and one for several ends of sessions is enough', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock(1_750_000_000_000);
  await using home = await openTestHome(folder.path, clock);
  const waiting: (() => Promise<string>)[] = [];
  home.storage.takeTurns(async (work) => {
    waiting.push(work);
    return 'not yet';
  });
  home.storage.backupSoon();
  home.storage.backupSoon();
  clock.advance(2000);
  expect(waiting).toHaveLength(1);
  await expect(waiting[0]?.()).resolves.toMatch(/cavern.*\.db/);
});

test('where sessions end all the time there is a backup every ten minutes, and one after the last of them', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock(1_750_000_000_000);
  await using home = await openTestHome(folder.path, clock);
  const madeAtMs: number[] = [];
  const startMs = clock.now();
  home.storage.takeTurns(async () => {
    madeAtMs.push(clock.now() - startMs);
    return 'made';
  });
  for (let second = 0; second < 1500; second += 10) {
    home.storage.backupSoon();
    clock.advance(10_000);
  }
  clock.advance(600_000);
  expect(madeAtMs).toEqual([2000, 602_000, 1_202_000, 1_802_000]);
});
