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
