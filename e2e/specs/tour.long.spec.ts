import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { demoWindow } from '../fixtures/demo/demo-window.ts';
import { describePicture, differences, picture } from '../fixtures/demo/picture.ts';
import { begun } from '../fixtures/demo/screen.ts';
import { type ScreenName, screenNames, screens } from '../fixtures/demo/screens.ts';
import { screenshotsFolder } from '../fixtures/results.ts';
import { expect, test } from '../fixtures/test.ts';

const KEPT = join(import.meta.dirname, '../tour');
const STEP_TIMEOUT_MS = 20_000;

/** A window of its own beside the app's, without its kernel: what it shows is canned. */
async function emptyWindow(electron: ElectronApplication): Promise<Page> {
  const opening = electron.waitForEvent('window');
  await electron.evaluate(async ({ BrowserWindow }) => {
    const webPreferences = { partition: 'tour', sandbox: true, backgroundThrottling: false };
    const window = new BrowserWindow({ width: 1280, height: 800, useContentSize: true, webPreferences });
    await window.loadURL('about:blank');
  });
  const page = await opening;
  page.setDefaultTimeout(STEP_TIMEOUT_MS);
  return page;
}

async function visit(page: Page, origin: string, name: ScreenName): Promise<string> {
  const { query, step } = screens[name];
  const folder = join(screenshotsFolder, 'tour');
  await mkdir(folder, { recursive: true });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  // Where the screen before left the mouse, it would lie over something of this one.
  await page.mouse.move(0, 0);
  await page.goto(`${origin}/?${query ?? ''}`);
  await begun(page);
  await step(page);
  const light = await picture(page);
  await page.screenshot({ path: join(folder, `${name}-light.png`) });
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await picture(page);
  await page.screenshot({ path: join(folder, `${name}-dark.png`) });
  expect
    .soft(
      dark.map(({ what }) => what),
      `${name}: the same in both themes`,
    )
    .toEqual(light.map(({ what }) => what));
  const text = describePicture(light, dark);
  await writeFile(join(folder, `${name}.txt`), `${text}\n`);
  await page.evaluate(() => localStorage.clear());
  return text;
}

test('every screen is as it was, in both themes', async ({ shell }) => {
  test.setTimeout(1_800_000);
  await using served = await demoWindow();
  const page = await emptyWindow(shell.app.electron);
  await page.addInitScript(served.script);
  for (const name of screenNames) {
    await test.step(name, async () => {
      const now = await visit(page, served.origin, name).catch((thrown: unknown) => String(thrown));
      const kept = await readFile(join(KEPT, `${name}.txt`), 'utf8').catch(() => '');
      expect.soft(differences(kept, now), name).toEqual([]);
    });
  }
});
