import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Keyboard } from '../fixtures/keyboard.ts';
import { writeFigures } from '../fixtures/results.ts';
import { expect, test } from '../fixtures/test.ts';

/** What opening a folder, working, looking, deciding and merging may take at most. */
const PRESSES_LIMIT = 24;

test('the whole road without a mouse: folder, session, terminal, changes, review, merge, palette', async ({
  shell,
  workspace,
}) => {
  const { page, changes } = shell;
  const keyboard = new Keyboard(page);
  await keyboard.forbidMouse();

  await keyboard.press('Control+o');
  await expect(page.getByLabel('Folder', { exact: true })).toBeFocused();
  await keyboard.type(workspace);
  await keyboard.press('Enter');
  await expect(shell.sessionView()).toHaveAttribute('data-state', 'running', { timeout: 60_000 });

  const terminal = await shell.terminal();
  await expect(terminal.pane.locator('textarea')).toBeFocused();
  await keyboard.type("sed -i 's/Hello/Good day/' src/hello.ts && echo do''ne");
  await keyboard.press('Enter');
  await terminal.shows(/^done$/m);

  await keyboard.press('Control+2');
  await expect(changes.row('src/hello.ts')).toBeVisible();
  await keyboard.expectFocusVisible();
  await keyboard.press('j');
  await expect(changes.diff()).toHaveAttribute('aria-label', 'src/hello.ts');
  await keyboard.press('Shift+A');
  await expect(changes.verdict('src/hello.ts')).toHaveAttribute('data-verdict', 'accepted');
  await keyboard.press('m');
  await expect(changes.panel.locator('.merge-details')).toContainText('Would be merged 1');
  await keyboard.press('Enter');
  await expect(changes.outcome()).toContainText('Merged');
  expect(await readFile(join(workspace, 'src/hello.ts'), 'utf8')).toContain('Good day');
  await keyboard.expectNoMouse();
  expect(keyboard.presses).toBeLessThanOrEqual(PRESSES_LIMIT);
  await writeFigures('keyboard-road', { presses: keyboard.presses });

  await keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Next file');
  await expect(page.getByRole('dialog')).toContainText('Ctrl+Shift+P');
  await shell.screenshotBoth('keys');
  await keyboard.press('Escape');
  await shell.dialogClosed();

  // What cannot be taken back is asked once more.
  await keyboard.press('Control+k');
  await keyboard.type('session.remove');
  // What was typed before the palette was loaded is in it all the same.
  await expect(page.getByRole('combobox')).toHaveValue('session.remove');
  await keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeFocused();
  await keyboard.press('Enter');
  await expect(page.getByText('cannot be brought back')).toBeVisible();
  await expect(page.getByRole('button', { name: 'No, go back' })).toBeFocused();
  await shell.screenshotBoth('palette-question');
  await keyboard.press('Escape');
  await expect(page.getByRole('combobox')).toBeFocused();

  // A refusal says why.
  await page.getByRole('combobox').selectText();
  await keyboard.type('session.create');
  await keyboard.press('Enter');
  await expect(page.locator('.palette').getByLabel('Workspace')).toHaveValue(workspace);
  await page.locator('.palette').getByLabel('Workspace').focus();
  await page.locator('.palette').getByLabel('Workspace').selectText();
  await keyboard.type('/nowhere/at-all');
  await keyboard.press('Enter');
  await expect(page.locator('.palette-outcome')).toHaveAttribute('data-state', 'failed');
  await expect(page.locator('.palette-outcome .failure-what')).toContainText('Cannot');
  await shell.screenshotBoth('palette-failed');
  await keyboard.press('Escape');
  await expect(page.getByRole('combobox')).toBeFocused();
  await keyboard.press('Escape');
  await shell.dialogClosed();

  // From a terminal too, where Ctrl+K is the shell's.
  await keyboard.press('Control+Shift+p');
  await expect(page.getByRole('combobox')).toBeFocused();
  await keyboard.type('session.stop');
  await shell.screenshotBoth('palette');
  await keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeFocused();
  await keyboard.press('Enter');
  await expect(page.locator('.palette-outcome')).toHaveAttribute('data-state', 'done');
  await shell.screenshotBoth('palette-answer');
  await keyboard.press('Escape');
  await expect(page.getByRole('combobox')).toBeFocused();
  await keyboard.press('Escape');
  await shell.dialogClosed();
  await expect(shell.sessionView()).toHaveAttribute('data-state', 'stopped');

  // Round the parts of the window, and to each session by arrow keys.
  await keyboard.press('F6');
  await keyboard.expectFocusVisible();
  await keyboard.press('Shift+F6');
  await keyboard.expectFocusVisible();
  await keyboard.expectNoMouse();
});
