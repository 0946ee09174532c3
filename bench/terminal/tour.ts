import type { Page } from 'playwright-core';
import type { Shell } from '../../e2e/pages/shell.ts';

const ROUNDS = 4;
const TYPED = 'echo a few words typed as a person types them';
/** Key presses and clicks; moves of the pointer are none. */
const INPUTS = ['keydown', 'keyup', 'pointerdown', 'pointerup', 'click'];
/** The page reports no event that was shorter, and rounds to this. */
const GRAIN_MS = 8;
const REPORTED_FROM_MS = 16;

interface Watched {
  readonly reported: number[];
  readonly all: number;
}

/**
 * Does what a person does all day – panels, tabs, a menu, typing – and gives for each key and click how long it took until the window had
 * painted what came of it, in milliseconds.
 */
export async function inputToPaint(shell: Shell): Promise<number[]> {
  const { page } = shell;
  const watching = await page.evaluateHandle(
    ({ inputs, fromMs }) => {
      const counts = (): number => inputs.reduce((sum, name) => sum + (performance.eventCounts.get(name) ?? 0), 0);
      const reported: number[] = [];
      const take = (list: PerformanceObserverEntryList): void => {
        for (const entry of list.getEntries()) if (inputs.includes(entry.name)) reported.push(entry.duration);
      };
      const observer = new PerformanceObserver(take);
      // The types do not know the threshold yet.
      observer.observe({ type: 'event', durationThreshold: fromMs } as PerformanceObserverInit);
      return { observer, reported, before: counts(), counts };
    },
    { inputs: INPUTS, fromMs: REPORTED_FROM_MS },
  );
  for (let round = 0; round < ROUNDS; round += 1) await walk(shell);
  // Events are told of after their frame.
  await page.waitForTimeout(500);
  const { reported, all } = await watching.evaluate(({ observer, reported: durations, before, counts }): Watched => {
    for (const entry of observer.takeRecords()) durations.push(entry.duration);
    observer.disconnect();
    return { reported: durations, all: counts() - before };
  });
  return [...reported, ...Array.from({ length: Math.max(0, all - reported.length) }, () => GRAIN_MS)];
}

async function walk(shell: Shell): Promise<void> {
  const { page } = shell;
  for (const panel of ['changes', 'approvals', 'audit', 'sandbox', 'tools'] as const) {
    await shell.openPanel(panel);
    await painted(page);
  }
  await page.locator('.dock-tab[data-panel="terminal"]').last().click();
  const terminal = await shell.terminal();
  await terminal.focus();
  await page.keyboard.type(TYPED, { delay: 20 });
  await page.keyboard.press('Control+C');
  await page.keyboard.press('Control+PageUp');
  await painted(page);
  await page.keyboard.press('Control+PageDown');
  await page.getByRole('button', { name: 'Panels' }).click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await painted(page);
}

function painted(page: Page): Promise<unknown> {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
