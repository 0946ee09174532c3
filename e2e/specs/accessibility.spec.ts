import type { Shell } from '../pages/shell.ts';
import { cutOffAtDouble, findings } from '../fixtures/accessibility.ts';
import { expect, test } from '../fixtures/test.ts';

async function pluginFindings(shell: Shell): Promise<string[]> {
  const { plugins } = shell;
  await plugins.open();
  await plugins.row('fs').click();
  const found = [...(await findings(shell, 'plugin')), ...(await cutOffAtDouble(shell, 'plugin'))];
  await plugins.details().getByRole('button', { name: 'Try fs.list in a session' }).click();
  await expect(shell.tools.panel.getByRole('heading', { name: 'fs.list' })).toBeVisible();
  found.push(...(await findings(shell, 'try a tool')), ...(await cutOffAtDouble(shell, 'tools')));
  await plugins.open();
  await plugins.row('fs').click();
  await plugins.tab('Statistics');
  await expect(plugins.figures('fs.read').first()).toHaveText('1');
  found.push(...(await findings(shell, 'plugin statistics')));
  await plugins.view('Publishers');
  found.push(...(await findings(shell, 'publishers')));
  await plugins.trustForm().getByRole('button', { name: 'Through Sigstore', exact: true }).click();
  await expect(plugins.trustForm().getByLabel('Who vouches for it')).toBeVisible();
  await shell.screenshotBoth('plugins-sigstore');
  found.push(...(await findings(shell, 'publishers by Sigstore')));
  await plugins.view('Team’s offers');
  found.push(...(await findings(shell, 'offers')));
  await plugins.install('/nowhere/at-all.tgz');
  await expect(plugins.dialog()).toContainText('Cannot install');
  found.push(...(await findings(shell, 'refused package')));
  return found;
}

async function keyFindings(shell: Shell): Promise<string[]> {
  const { keys } = shell;
  await keys.open();
  await keys.issue('ci', 'nightly build');
  await expect(keys.token()).toBeVisible();
  const found = await findings(shell, 'new token');
  await keys.haveToken();
  await shell.dialogClosed();
  await expect(keys.rows()).toHaveCount(1);
  found.push(...(await findings(shell, 'keys')), ...(await cutOffAtDouble(shell, 'gateway')));
  return found;
}

async function windowFindings(shell: Shell): Promise<string[]> {
  const { page } = shell;
  await page.getByRole('button', { name: 'Overview' }).click();
  await expect(page.locator('.dashboard-card').first()).toBeVisible();
  const found = await findings(shell, 'overview');
  await page.getByRole('button', { name: 'Settings', exact: true }).first().click();
  await expect(page.locator('[data-setting="theme"]')).toBeVisible();
  found.push(...(await findings(shell, 'settings')), ...(await cutOffAtDouble(shell, 'settings')));
  await page.getByRole('button', { name: 'Shortcuts', exact: true }).click();
  found.push(...(await findings(shell, 'shortcuts')));
  await page.getByRole('button', { name: 'All commands' }).first().click();
  await page.locator('.palette-field input').fill('stop');
  found.push(...(await findings(shell, 'palette')));
  await page.keyboard.press('Escape');
  await shell.dialogClosed();
  return found;
}

/** What lies over a session: its secrets, a recording, the questions before what cannot be taken back, menus, a floating panel. */
async function overFindings(shell: Shell): Promise<string[]> {
  const { page } = shell;
  await page.getByRole('button', { name: 'Secrets', exact: true }).click();
  await expect(page.locator('.secrets')).toBeVisible();
  const found = await findings(shell, 'secrets');
  await page.keyboard.press('Escape');
  await shell.dialogClosed();
  const terminal = await shell.terminal();
  await terminal.choose('Record');
  await terminal.run('echo re""corded');
  await terminal.pane.getByRole('button', { name: 'End the recording' }).click();
  await terminal.choose('Recordings…');
  await page.getByRole('dialog').getByRole('button', { name: 'Play' }).click();
  await expect(page.getByRole('dialog').locator('.xterm-rows')).toContainText('recorded');
  found.push(...(await findings(shell, 'recording')));
  await page.keyboard.press('Escape');
  await shell.dialogClosed();
  await shell.chooseSessionAction('sample', 'Remove…');
  await expect(page.getByRole('dialog')).toBeVisible();
  found.push(...(await findings(shell, 'question')));
  await page.keyboard.press('Escape');
  await shell.dialogClosed();
  await page.locator('.dock-tab[data-panel="changes"]').click({ button: 'right' });
  await expect(page.getByRole('menu')).toBeVisible();
  found.push(...(await findings(shell, 'menu', ['light'])));
  await page.keyboard.press('Escape');
  await shell.openPanel('changes');
  await page.keyboard.press('Control+Shift+d');
  await expect(page.locator('.dv-resize-container')).toBeVisible();
  found.push(...(await findings(shell, 'floating panel')));
  await page.keyboard.press('Control+Shift+d');
  await expect(page.locator('.dv-resize-container')).toHaveCount(0);
  return found;
}

/** Where it is least like the others: the colours of the system, and those of the theme with the most contrast. */
async function contrastFindings(shell: Shell): Promise<string[]> {
  const { page } = shell;
  const found = await findings(shell, 'changes', ['forced colours']);
  await shell.app.screenshot('forced-colours');
  await page.emulateMedia({ forcedColors: 'none' });
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('menuitem', { name: 'High contrast' }).click();
  found.push(...(await findings(shell, 'high contrast')));
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('menuitem', { name: 'Like the system' }).click();
  return found;
}

/** Marks of work under way may move; nothing else may for who asked for less motion. */
async function motion({ page }: Shell): Promise<string[]> {
  return page.evaluate(() => {
    const isWork = ({ target }: KeyframeEffect): boolean =>
      target?.closest('.spinner, .pending, [role="progressbar"], .xterm') !== null;
    return document
      .getAnimations()
      .filter(({ effect }) => effect instanceof KeyframeEffect && !isWork(effect) && effect.getTiming().duration !== 0)
      .map((one) => `moves: ${one.id}`);
  });
}

test('axe finds nothing on any screen, light or dark', async ({ shell, workspace }) => {
  test.setTimeout(360_000);
  await expect(shell.page.locator('.check').first()).toBeVisible();
  const found = await findings(shell, 'start');
  await shell.openFolder(workspace);
  await (await shell.terminal()).run('sed -i s/Hello/Hi/ src/hello.ts; echo do""ne');
  await (await shell.terminal()).shows('done');
  await shell.tools.choose('fs.read');
  await shell.tools.field('Path').fill('src/hello.ts');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  found.push(...(await findings(shell, 'tools')));
  await shell.openPanel('changes');
  await shell.changes.show('src/hello.ts');
  await expect(shell.changes.diff().locator('.cm-changedText').first()).toBeVisible();
  found.push(...(await findings(shell, 'changes')), ...(await contrastFindings(shell)));
  found.push(...(await motion(shell)), ...(await cutOffAtDouble(shell, 'changes')), ...(await overFindings(shell)));
  await shell.openPanel('approvals');
  found.push(...(await findings(shell, 'approvals')));
  await shell.openPanel('audit');
  await shell.audit.rows().first().click();
  await shell.audit.verify();
  await expect(shell.audit.chain()).toContainText('The chain is intact');
  found.push(...(await findings(shell, 'audit')));
  await shell.policy.open();
  await shell.policy.append('\n  - name: half\n');
  await expect(shell.policy.problems()).not.toHaveCount(0);
  found.push(...(await findings(shell, 'policy')), ...(await cutOffAtDouble(shell, 'policy')));
  await shell.policy.side('Try a call');
  await shell.policy.panel.getByRole('button', { name: 'Discard changes' }).click();
  await shell.policy.tryCall({ syscall: 'git.commit' });
  await expect(shell.policy.answer()).toBeVisible();
  found.push(...(await findings(shell, 'policy trial')));
  found.push(...(await windowFindings(shell)));
  found.push(...(await keyFindings(shell)));
  found.push(...(await pluginFindings(shell)));
  expect(found).toEqual([]);
});
