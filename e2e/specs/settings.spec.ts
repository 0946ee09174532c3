import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Page } from '@playwright/test';
import { chooseMenu, menuOf } from '../fixtures/app-menu.ts';
import { chooseGerman, findingsOnTour } from '../fixtures/german.ts';
import { expect, test } from '../fixtures/test.ts';

test('a settings file that cannot be read is set aside and said, and the defaults are used', async ({
  home,
  start,
}) => {
  await writeFile(join(home, 'settings.json'), '{ "theme": "dark"');
  const shell = await start();
  await expect(shell.notice()).toContainText('Cannot use the settings file');
  await shell.app.screenshot('settings-problem');
  const kept = (await readdir(home)).filter((name) => name.startsWith('settings.json'));
  expect(kept.length).toBeGreaterThan(0);
});

test('settings are found, changed, held against their schema, and there after a restart', async ({ start }) => {
  const before = await start();
  const { page } = before;
  await page.keyboard.press('Control+,');
  const panel = page.locator('.panel[data-view="settings"]');
  await expect(panel.locator('[data-setting="theme"]')).toBeVisible();
  await before.screenshotBoth('settings');
  await panel.getByLabel('Find a setting').fill('text size in terminals');
  await expect(panel.locator('.setting')).toHaveCount(1);
  await panel.getByRole('textbox', { name: 'Text size in terminals' }).fill('400');
  await expect(panel.locator('.field-problem')).toBeVisible();
  await panel.getByRole('textbox', { name: 'Text size in terminals' }).fill('15');
  await expect
    .poll(async () => JSON.stringify(await before.app.call('app.settings', {})))
    .toContain('"terminalFontSize":15');

  await panel.getByRole('button', { name: 'Shortcuts', exact: true }).click();
  await panel.getByLabel('Find a command').fill('rail');
  const keys = panel.getByRole('button', { name: 'Keys of “Show or hide the rail”' });
  await keys.click();
  await page.keyboard.press('Control+k');
  await expect(panel.getByRole('alert')).toContainText('All commands');
  await before.screenshotBoth('settings-shortcuts');
  await panel.getByRole('button', { name: 'Leave it' }).click();
  await keys.click();
  await page.keyboard.press('F8');
  await expect(keys).toContainText('F8');
  await page.keyboard.press('F8');
  await expect(page.locator('.rail-collapsed')).toBeVisible();
  await page.keyboard.press('F8');
  await expect(page.locator('.rail-collapsed')).toHaveCount(0);

  await panel.getByRole('button', { name: 'JSON', exact: true }).click();
  const json = panel.getByLabel('All settings as JSON');
  await expect(json).toHaveValue(/"window\.rail": "F8"/);
  await json.fill('{ half');
  await expect(panel.getByText('This is not JSON')).toBeVisible();
  await before.screenshotBoth('settings-json');
  await panel.getByRole('button', { name: 'Take back' }).click();
  await before.page.getByRole('button', { name: 'Theme' }).click();
  await before.page.getByRole('menuitem', { name: 'Dark' }).click();
  await expect(before.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await before.app.close();
  const after = await start();
  await expect(after.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(after.page.getByRole('button', { name: 'Collapse the rail' })).toHaveAttribute('title', /F8/);
});

test('panels stay where they were put, in every language of the window', async ({ start, workspace }) => {
  test.setTimeout(240_000);
  const before = await start();
  await before.openFolder(workspace);
  await before.terminal();
  await before.openPanel('approvals');
  await before.closeTab('Approvals');
  await before.openPanel('changes');
  await before.page.keyboard.press('Control+Shift+d');
  await expect(before.page.locator('.dv-resize-container .panel[data-view="changes"]')).toBeVisible();
  await before.screenshotBoth('floating');
  const kept = async (): Promise<string> => JSON.stringify(layoutsOf(await before.app.call('app.settings', {})));
  await expect.poll(kept).toContain('floatingGroups');
  const opening = before.app.electron.waitForEvent('window');
  await expect.poll(async () => (await menuOf(before.app.electron))['File']).toContain('New window');
  await chooseMenu(before.app.electron, 'New window');
  const second = await opening;
  await second.locator('.session-row', { hasText: 'sample' }).click();
  await expect(second.locator('.xterm-screen')).toBeVisible();
  await second.keyboard.press('Control+Shift+d');
  await expect(second.locator('.dv-resize-container')).toHaveCount(0);
  await expect
    .poll(async () => Object.keys(layoutsOf(await before.app.call('app.settings', {}))).sort())
    .toEqual([workspace, `${workspace}#window-2`]);
  await before.app.close();
  const after = await start();
  await expect(
    after.page.locator('.dashboard-card', { hasText: 'sample' }).locator('.usage-meter').first(),
  ).toBeVisible();
  await expect(after.page.getByText('Nothing waits for you.')).toBeVisible();
  await after.screenshotBoth('overview');
  await after.selectSession('sample');
  await after.terminal();
  await expect(after.page.locator('.dock-tab[data-panel="approvals"]')).toHaveCount(0);
  await expect(after.page.locator('.dv-resize-container .panel[data-view="changes"]')).toBeVisible();

  const others = (): Page[] => after.app.electron.windows().filter((page) => page !== after.page);
  await expect.poll(() => others().length).toBe(1);
  await expect(others()[0]?.locator('.session-view h1') ?? after.page.locator('nothing')).toHaveText('sample');
  await expect(others()[0]?.locator('.dv-resize-container') ?? after.page.locator('nothing')).toHaveCount(0);
  await chooseGerman(after);
  await expect(after.page.getByRole('heading', { name: 'Übersicht' })).toBeVisible();
  await after.selectSession('sample');
  await expect(after.page.locator('.dv-resize-container .panel[data-view="changes"]')).toBeVisible();
  await after.page.keyboard.press('Control+o');
  await after.page.locator('#folder-path').fill('/no/such/folder');
  await after.page.keyboard.press('Enter');
  await expect(after.failure()).toContainText('Der Ordner „/no/such/folder“ ist nicht benutzbar: Es gibt ihn nicht');
  await after.selectSession('sample');
  if (env.CAVERN_LONG !== '1') return;
  // It would lie over what is looked at.
  await after.page.keyboard.press('Control+2');
  await after.page.keyboard.press('Control+Shift+d');
  await expect(after.page.locator('.dv-resize-container')).toHaveCount(0);
  expect(await findingsOnTour(after)).toEqual([]);
});

function layoutsOf(answer: unknown): object {
  // The contract says what it is.
  return (answer as { settings: { layout: object } }).settings.layout;
}
