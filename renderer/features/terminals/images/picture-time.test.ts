import { expect, test } from 'vitest';
import { PictureTime } from './picture-time.ts';

/** How many of so many pictures are shown, each after a pause and taking so long; and how long all of it takes. */
async function shown(count: number, pauseMs: number, eachMs: number): Promise<{ shown: number; tookMs: number }> {
  let nowMs = 0;
  let done = 0;
  const time = new PictureTime(() => nowMs);
  for (let picture = 0; picture < count; picture++) {
    nowMs += pauseMs;
    if (!time.isLeft) continue;
    await time.spend(async () => (nowMs += eachMs));
    done += 1;
  }
  return { shown: done, tookMs: nowMs };
}

test('some pictures at once and a film are shown whole, and a flood holds up what comes after it for seconds', async () => {
  expect([await shown(30, 0, 100), await shown(10_000, 50, 50), await shown(60_000, 0, 100)]).toEqual([
    { shown: 30, tookMs: 3000 },
    { shown: 10_000, tookMs: 1_000_000 },
    { shown: 100, tookMs: 10_000 },
  ]);
});
