import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { CavernApp, executablePath } from '../e2e/fixtures/cavern-app.ts';
import { pausesDuring } from '../e2e/fixtures/frame-watch.ts';
import { Shell } from '../e2e/pages/shell.ts';
import { type Metrics, timeMetric } from './metric.ts';
import { benchOnScreen, isOffScreen } from './on-screen.ts';
import type { AlonePage } from './review/alone.ts';
import { type Scrolled, scroll } from './review/frames.ts';
import { CHANGE_COMMAND, CHANGED_LINES, longText } from './review/long-text.ts';

const ROUNDS = 5;
const SCROLL_ROUNDS = 3;
const LONG = 'long.txt';
const SHORT = 'a-short.txt';
const HUGE = 'huge.txt';
const MANY = 10_000;
const MANY_TIMEOUT_MS = 120_000;
const LIST = '.panel[data-view="changes"] .change-scroll';

/** A session that changed a short file and, in two hundred places, one of ten megabytes. */
async function changedSession(app: CavernApp, workspace: string): Promise<Shell> {
  mkdirSync(workspace);
  writeFileSync(join(workspace, LONG), longText().before);
  writeFileSync(join(workspace, SHORT), 'before\n');
  const shell = new Shell(app);
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run(`${CHANGE_COMMAND} ${LONG} > x; mv x ${LONG}; echo after > ${SHORT}; echo do""ne`);
  await terminal.shows('done');
  await shell.openPanel('changes');
  await showShort(shell);
  return shell;
}

async function showShort({ changes, page }: Shell): Promise<void> {
  await changes.show(SHORT);
  await page.waitForFunction(
    (path) => document.querySelector(`.diff[aria-label="${path}"] .diff-place`)?.textContent === 'Hunk 1 of 1',
    SHORT,
  );
}

/** From the press on the row until its first hunk is on the screen. */
function openLong({ changes }: Shell): Promise<number> {
  return changes
    .row(LONG)
    .locator('.change-pick')
    .evaluate(
      async (row, { path, hunks }) => {
        const startedMs = performance.now();
        (row as HTMLElement).click();
        const isShown = (): boolean =>
          document.querySelector(`.diff[aria-label="${path}"] .diff-place`)?.textContent === `Hunk 1 of ${hunks}`;
        while (!isShown()) await new Promise((done) => setTimeout(done, 1));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return performance.now() - startedMs;
      },
      { path: LONG, hunks: CHANGED_LINES },
    );
}

/** A second window of the same app, with nothing on its page but the component. */
async function blankPage({ electron }: CavernApp): Promise<Page> {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, 'review', 'alone.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
  });
  const opening = electron.waitForEvent('window');
  await electron.evaluate(async ({ BrowserWindow }) => {
    await new BrowserWindow({ width: 1280, height: 800 }).loadURL('about:blank');
  });
  const page = await opening;
  await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
  return page;
}

type WithAlone = { alone: AlonePage };

/**
 * The diff of a text of ten megabytes in the packaged app's window, beside the diff component alone on a blank page of the
 * same app with the same text: opening it, and scrolling it; and beside that a plain page that is scrolled the same way.
 */
export async function reviewBench(): Promise<Metrics> {
  if (!existsSync(executablePath)) {
    throw new Error('Cannot measure the window: the packaged app is missing. Run: npm run dist -- --test');
  }
  if (isOffScreen()) return benchOnScreen('review');
  const scratch = mkdtempSync(join(tmpdir(), 'cavern-bench-review-'));
  mkdirSync(join(scratch, 'home'), { mode: 0o700 });
  const app = await CavernApp.launch(join(scratch, 'home'));
  try {
    const shell = await changedSession(app, join(scratch, 'work'));
    const blank = await blankPage(app);
    const times = { opened: [] as number[], alone: [] as number[], byLines: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      times.opened.push(await openLong(shell));
      // Set by the script that the page was given.
      times.alone.push(
        await blank.evaluate(() => (globalThis as unknown as WithAlone).alone.openComponent('as it comes')),
      );
      times.byLines.push(
        await blank.evaluate(() => (globalThis as unknown as WithAlone).alone.openComponent('by lines first')),
      );
      await showShort(shell);
    }
    const shares = await scrollShares(shell, blank);
    const many = await manyChanges(shell);
    const [first = Number.NaN] = times.opened;
    const [firstAlone = Number.NaN] = times.alone;
    return {
      open_10mb: { ...timeMetric(times.opened, 'ms', times.alone), peers: { by_lines: Math.min(...times.byLines) } },
      open_10mb_first: timeMetric([first], 'ms', [firstAlone]),
      scroll_dropped: { ...timeMetric(shares.window, '%'), peers: shares.peers },
      ...many,
    };
  } finally {
    await app.removeSessions();
    await app.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Ten thousand more changes, and one of a hundred megabytes: how smoothly the list goes, how long the page is kept at most. */
async function manyChanges(shell: Shell): Promise<Metrics> {
  const { changes, page } = shell;
  const typed = await shell.terminal();
  const huge = `yes "the quick brown fox" | head -c 100000000 > ${HUGE}`;
  await typed.run(`mkdir many; cd many; seq ${MANY} | split -l 1 -a 4 - f; cd ..; ${huge}; echo ma""ny`);
  await typed.shows('many');
  const count = (MANY + 1).toLocaleString('en');
  await changes.count('added').filter({ hasText: count }).waitFor({ timeout: MANY_TIMEOUT_MS });
  const atOnce = await scroll(page, LIST);
  // What a merge of them would do is judged meanwhile, by the same process that the window belongs to.
  await page.locator('.merge-summary:not([data-judging])').waitFor({ timeout: MANY_TIMEOUT_MS });
  const settled: number[] = [];
  for (let round = 0; round < SCROLL_ROUNDS; round += 1) {
    await page.locator(LIST).evaluate((list) => list.scrollTo({ top: 0 }));
    settled.push(droppedShare(await scroll(page, LIST)));
  }
  const opening = await pausesDuring(page, async () => {
    await page.getByLabel('Filter changes').fill(HUGE);
    await page.keyboard.press('Enter');
    const shown = page.locator(`.diff[aria-label="${HUGE}"] .cm-editor`).first();
    await shown.waitFor({ timeout: MANY_TIMEOUT_MS });
  });
  return {
    list_10000_dropped: timeMetric(settled, '%'),
    list_10000_dropped_at_once: timeMetric([droppedShare(atOnce)], '%'),
    open_100mb_longest_task: timeMetric([opening.longestTaskMs], 'ms'),
  };
}

/** In percent. */
function droppedShare({ dropped, due }: Scrolled): number {
  return (100 * dropped) / due;
}

/** Which share of the frames each page drops. */
async function scrollShares(shell: Shell, blank: Page): Promise<{ window: number[]; peers: Record<string, number> }> {
  const dropped: Record<'window' | 'component' | 'plain', Scrolled[]> = { window: [], component: [], plain: [] };
  for (let round = 0; round < SCROLL_ROUNDS; round += 1) {
    await openLong(shell);
    await shell.page.bringToFront();
    dropped.window.push(await scroll(shell.page, `.diff[aria-label="${LONG}"] .text-diff`));
    await showShort(shell);
    await blank.bringToFront();
    await blank.evaluate(() => (globalThis as unknown as WithAlone).alone.openComponent('by lines first'));
    dropped.component.push(await scroll(blank, '.alone'));
    await blank.evaluate(() => (globalThis as unknown as WithAlone).alone.openPlain());
    dropped.plain.push(await scroll(blank, '.alone'));
  }
  const shares = (name: keyof typeof dropped): number[] => dropped[name].map(droppedShare);
  const least = (name: keyof typeof dropped): number => Math.min(...shares(name));
  return { window: shares('window'), peers: { component: least('component'), plain: least('plain') } };
}
