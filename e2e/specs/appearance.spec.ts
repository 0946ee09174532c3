import type { Shell } from '../pages/shell.ts';
import { expect, test } from '../fixtures/test.ts';

const THEMES = ['light', 'dark'] as const;

async function inBothThemes(shell: Shell, name: string): Promise<void> {
  for (const theme of THEMES) {
    await shell.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await shell.page.waitForTimeout(200);
    await shell.app.screenshot(`${name}-${theme}`);
  }
}

test('every screen at 1280×800, light and dark', async ({ shell, workspace }) => {
  await expect(shell.page.locator('.check').first()).toBeVisible();
  await inBothThemes(shell, 'start');
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('ls -la --color; sed -i s/Hello/Welcome/ src/hello.ts; echo new > new.ts');
  await terminal.shows('README.md');
  await shell.openPanel('tools');
  await shell.tools.choose('fs.read');
  await shell.tools.field('Path').fill('src/hello.ts');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  await inBothThemes(shell, 'tools');
  await shell.openPanel('changes');
  await shell.changes.show('src/hello.ts');
  await expect(shell.changes.diff().locator('.cm-changedText').first()).toBeVisible();
  await inBothThemes(shell, 'changes');
  await shell.openPanel('approvals');
  await inBothThemes(shell, 'approvals');
  await shell.openPanel('audit');
  await shell.audit.verify();
  await expect(shell.audit.report()).toBeVisible();
  await inBothThemes(shell, 'audit');
});

test('nothing is cut off in a small window', async ({ shell, workspace }) => {
  await shell.app.resize({ width: 900, height: 600 });
  await shell.openFolder(workspace);
  await shell.terminal();
  const overflow = await shell.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBe(0);
  await shell.app.screenshot('small-window');
});
