import { expect, test } from '../fixtures/test.ts';

test('every screen at 1280×800, light and dark', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('ls -la --color; sed -i s/Hello/Welcome/ src/hello.ts; echo new > new.ts');
  await terminal.shows('README.md');
  await shell.openPanel('tools');
  await shell.tools.choose('fs.read');
  await shell.tools.field('Path').fill('src/hello.ts');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  await shell.screenshotBoth('tools');
  await shell.openPanel('changes');
  await shell.changes.show('src/hello.ts');
  await expect(shell.changes.diff().locator('.cm-changedText').first()).toBeVisible();
  await shell.screenshotBoth('changes');
  await shell.openPanel('approvals');
  await shell.screenshotBoth('approvals');
  await shell.openPanel('audit');
  await shell.audit.verify();
  await expect(shell.audit.chain()).toContainText('The chain is intact');
  await shell.screenshotBoth('audit');
});

test('nothing is cut off in a small window', async ({ shell, workspace }) => {
  await shell.app.resize({ width: 900, height: 600 });
  await shell.openFolder(workspace);
  await shell.terminal();
  const overflow = await shell.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBe(0);
  await shell.app.screenshot('small-window');
});
