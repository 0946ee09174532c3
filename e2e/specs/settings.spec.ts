import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

test('the theme that was chosen is there after a restart', async ({ start }) => {
  const before = await start();
  await before.page.getByRole('button', { name: 'Theme' }).click();
  await before.page.getByRole('menuitem', { name: 'Dark' }).click();
  await expect(before.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await before.app.close();
  const after = await start();
  await expect(after.page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('panels stay where they were put', async ({ start, workspace }) => {
  const before = await start();
  await before.openFolder(workspace);
  await before.terminal();
  await before.openPanel('approvals');
  await before.closeTab('Approvals');
  await before.openPanel('changes');
  await before.page.waitForTimeout(1500);
  await before.app.close();
  const after = await start();
  await after.selectSession('sample');
  await after.terminal();
  await expect(after.page.locator('.dock-tab[data-panel="approvals"]')).toHaveCount(0);
  await expect(after.changes.panel).toBeVisible();
});
