import type { Page } from 'playwright-core';

export interface Scrolled {
  readonly due: number;
  readonly dropped: number;
}

const STEPS = 150;
const STEP_PX = 120;

/**
 * Turns the wheel over an element for as many frames as it takes, one step a frame, and counts the frames that were due
 * and did not come. A frame is due every sixtieth of a second.
 */
export async function scroll(page: Page, selector: string): Promise<Scrolled> {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`Cannot scroll "${selector}": it is not in sight`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const counting = page.evaluate(
    () =>
      new Promise<number[]>((done) => {
        const times: number[] = [];
        const frame = (time: number): void => {
          times.push(time);
          // Set below, when the wheel stands still.
          if ((globalThis as { wheelStands?: boolean }).wheelStands === true) done(times);
          else requestAnimationFrame(frame);
        };
        (globalThis as { wheelStands?: boolean }).wheelStands = false;
        requestAnimationFrame(frame);
      }),
  );
  for (let step = 0; step < STEPS; step += 1) await page.mouse.wheel(0, STEP_PX);
  await page.evaluate(() => Object.assign(globalThis, { wheelStands: true }));
  return framesOf(await counting);
}

const FRAME_MS = 1000 / 60;

function framesOf(times: readonly number[]): Scrolled {
  const dropped = times
    .slice(1)
    .map((time, index) => Math.max(0, Math.round((time - (times[index] ?? time)) / FRAME_MS) - 1))
    .reduce((sum, missing) => sum + missing, 0);
  return { due: times.length - 1 + dropped, dropped };
}
