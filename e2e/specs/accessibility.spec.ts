import AxeBuilder from '@axe-core/playwright';
import type { Shell } from '../pages/shell.ts';
import { expect, test } from '../fixtures/test.ts';

const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on the screen that is shown, in both themes. */
async function findings(shell: Shell, screen: string): Promise<string[]> {
  const found: string[] = [];
  for (const theme of ['light', 'dark'] as const) {
    await shell.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    // Legacy mode: Electron cannot open the page that axe would use. The terminal's own colours are the program's in it.
    const builder = new AxeBuilder({ page: shell.page }).setLegacyMode(true).withTags(STANDARD).exclude('.xterm');
    const { violations } = await builder.analyze();
    for (const { id, nodes } of violations) {
      found.push(`${screen} ${theme}: ${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    }
  }
  return found;
}

async function pluginFindings(shell: Shell): Promise<string[]> {
  const { plugins } = shell;
  await plugins.open();
  await plugins.row('fs').click();
  const found = await findings(shell, 'plugin');
  await plugins.tab('Statistics');
  await expect(plugins.figures('fs.read').first()).toHaveText('1');
  found.push(...(await findings(shell, 'plugin statistics')));
  await plugins.view('Publishers');
  found.push(...(await findings(shell, 'publishers')));
  await plugins.view('Team’s offers');
  found.push(...(await findings(shell, 'offers')));
  await plugins.install('/nowhere/at-all.tgz');
  await expect(plugins.dialog()).toContainText('Cannot install');
  found.push(...(await findings(shell, 'refused package')));
  return found;
}

test('axe finds nothing on any screen, light or dark', async ({ shell, workspace }) => {
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
  found.push(...(await findings(shell, 'changes')));
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
  found.push(...(await findings(shell, 'policy')));
  await shell.policy.side('Try a call');
  await shell.policy.panel.getByRole('button', { name: 'Discard changes' }).click();
  await shell.policy.tryCall({ syscall: 'git.commit' });
  await expect(shell.policy.answer()).toBeVisible();
  found.push(...(await findings(shell, 'policy trial')));
  found.push(...(await pluginFindings(shell)));
  expect(found).toEqual([]);
});
