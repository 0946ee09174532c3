import type { Page } from '@playwright/test';
import { TerminalPane } from '../pages/terminal-pane.ts';
import type { Shell } from '../pages/shell.ts';
import { findings } from '../fixtures/accessibility.ts';
import { expect, test } from '../fixtures/test.ts';

/** Opens the menu of a tab with the right button, and chooses from it. */
async function chooseOfTab({ page }: Shell, panel: string, action: string): Promise<void> {
  await page.locator(`.dock-tab[data-panel="${panel}"]`).first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: action }).click();
}

async function windowOf(shell: Shell, open: () => Promise<void>): Promise<Page> {
  const opening = shell.app.electron.waitForEvent('window');
  await open();
  const page = await opening;
  await page.waitForFunction(() => performance.getEntriesByName('cavern:ready').length > 0);
  return page;
}

test('a panel has a window of its own, keeps what its terminal printed, comes back with the program, and when it is closed', async ({
  start,
  workspace,
}) => {
  const before = await start();
  await before.openFolder(workspace);
  const inside = await before.terminal();
  await inside.run('seq 1 3000; echo al""l');
  await inside.shows('all');
  const terminal = await windowOf(before, () => chooseOfTab(before, 'terminal', 'Move to its own window'));
  const pane = new TerminalPane(terminal);
  await pane.shows('all');
  await expect(before.page.locator('.dock-tab[data-panel="terminal"]')).toHaveCount(0);
  await pane.run('echo a""way; seq 1 3000 | wc -l');
  await pane.shows('3000');
  await expect(terminal).toHaveTitle(/sample – Cavern$/);

  // The key can come before the frame in which the tab that was pressed comes to the front.
  await before.page.locator('.dock-tab[data-panel="changes"]').click();
  const changes = await windowOf(before, () => before.page.keyboard.press('Control+Shift+o'));
  await expect(changes.locator('.panel[data-view="changes"]')).toBeVisible();
  await expect(before.page.locator('.dock-tab[data-panel="changes"]')).toHaveCount(0);
  await before.page.keyboard.press('Control+2');
  await changes.keyboard.press('Control+k');
  await changes.getByRole('combobox').fill('Show audit');
  await changes.keyboard.press('Enter');
  await expect(before.page.locator('.panel[data-view="audit"]')).toBeVisible();
  await expect(before.page.locator('.dock-tab[data-panel="changes"]')).toHaveCount(0);
  await changes.setViewportSize({ width: 700, height: 500 });
  await before.app.close();

  const after = await start();
  await expect.poll(() => after.app.electron.windows().length).toBe(3);
  const others = (): Page[] => after.app.electron.windows().filter((page) => page !== after.page);
  const pageWith = async (what: string): Promise<Page> => {
    const has = (page: Page): Promise<number> => page.locator(what).count();
    const counts = async (): Promise<readonly number[]> => Promise.all(others().map(has));
    await expect.poll(counts).toContain(1);
    return others()[(await counts()).indexOf(1)] ?? after.page;
  };
  const restored = new TerminalPane(await pageWith('.terminal-pane'));
  await restored.shows('3000');
  await after.selectSession('sample');
  await expect(after.page.locator('.dock-tab[data-panel="tools"]')).toBeVisible();
  await expect(after.page.locator('.dock-tab[data-panel="terminal"]')).toHaveCount(0);
  await (await pageWith('.terminal-pane')).close();
  const back = await after.terminal();
  await back.shows('3000');
  const detached = await pageWith('.panel[data-view="changes"]');
  const closed = detached.waitForEvent('close');
  // The keys go down in a window that is gone before they are up.
  await detached.keyboard.press('Control+Shift+o').catch(() => undefined);
  await closed;
  await expect(after.page.locator('.dock-tab[data-panel="changes"]')).toBeVisible();
  expect(after.app.electron.windows()).toHaveLength(1);
});

test('menus of the right button, of the menu key and of Shift+F10 do the same, and give the focus back', async ({
  shell,
  workspace,
}) => {
  const { page } = shell;
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('echo https://example.org/a; echo wo""rd');
  await terminal.shows('word');

  await terminal.pane.locator('.terminal-host').click({ button: 'right' });
  await expect(page.getByRole('menu')).toBeVisible();
  expect(await findings(shell, 'terminal menu', ['light'])).toEqual([]);
  await shell.screenshotBoth('terminal-menu');
  await page.getByRole('menuitem', { name: 'Select all' }).click();
  await expect(page.getByRole('menu')).toHaveCount(0);
  await page.keyboard.press('Shift+F10');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'Copy' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('.xterm-helper-textarea').first()).toBeFocused();
  expect(await shell.app.electron.evaluate(({ clipboard }) => clipboard.readText())).toContain('word');
  await shell.app.electron.evaluate(({ clipboard }) => clipboard.writeText('echo past""ed'));
  await page.keyboard.press('ContextMenu');
  await page.getByRole('menuitem', { name: 'Paste' }).click();
  await terminal.shows('echo past""ed');
  await page.keyboard.press('Enter');
  await terminal.shows(/^pasted/m);

  await page.locator('.dock-tab[data-panel="changes"]').click();
  await page.locator('.dv-tab:has(.dock-tab[data-panel="changes"])').focus();
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menuitem', { name: 'Close', exact: true })).toBeVisible();
  await shell.screenshotBoth('tab-menu');
  await page.keyboard.press('Escape');
  await expect(page.locator('.dv-tab:has(.dock-tab[data-panel="changes"])')).toBeFocused();
  await chooseOfTab(shell, 'terminal', 'Rename…');
  await page.getByLabel('Name', { exact: true }).fill('build');
  await shell.screenshotBoth('rename-dialog');
  await page.keyboard.press('Enter');
  await terminal.run('printf "\\033]0;other\\007"; echo title""d');
  await terminal.shows('titled');
  await expect(page.locator('.dock-tab[data-panel="terminal"]')).toHaveText('build');
  await chooseOfTab(shell, 'changes', 'Split right');
  await expect(page.locator('.panel[data-view="changes"]')).toBeVisible();
  await expect(page.locator('.panel[data-view="tools"]')).toBeVisible();

  await shell.sessionRow('sample').locator('.session-pick').focus();
  await page.keyboard.press('Shift+F10');
  await shell.screenshotBoth('session-menu');
  const second = await windowOf(shell, () => page.getByRole('menuitem', { name: 'Open in a new window' }).click());
  await expect(second.locator('.session-view h1')).toHaveText('sample');
});
