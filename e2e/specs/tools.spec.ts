import { expect, test } from '../fixtures/test.ts';

test('the tools of the four built-in plugins are listed', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  const groups = shell.tools.panel.locator('.tool-group');
  await expect(groups).toHaveText(['fs', 'git', 'search', 'test'], { ignoreCase: true, useInnerText: true });
});

test('a form is made from the schema of its tool and its result is shown', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  await shell.tools.choose('fs.read');
  await shell.tools.field('Path').fill('src/hello.ts');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  await expect(shell.tools.lastRun()).toContainText('export function hello');
  await expect(shell.tools.lastRun()).toContainText('Allowed by read-workspace');
  await shell.app.screenshot('tools');
});

test('a form that is not filled in says what is missing and does not run', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  await shell.tools.choose('search.grep');
  await shell.tools.run();
  await expect(shell.tools.panel.locator('.field-problem')).toHaveText('Required');
  await expect(shell.tools.panel.locator('.run')).toHaveCount(0);
  await shell.tools.field('Pattern').fill('hello');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  await expect(shell.tools.lastRun()).toContainText('src/hello.ts');
});

test('a tool that fails says why', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  await shell.tools.choose('fs.read');
  await shell.tools.field('Path').fill('no/such/file');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'failed');
  await expect(shell.tools.lastRun().locator('.failure-what')).toContainText('no/such/file');
});

test('a path that leaves the workspace is denied by the built-in rule', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  await shell.tools.choose('fs.read');
  await shell.tools.field('Path').fill('../../etc/passwd');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'denied');
  await expect(shell.tools.lastRun()).toContainText('workspace-escape');
  await shell.app.screenshot('tools-denied');
});

test('tests run inside the sandbox with live output', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  await shell.tools.choose('test.run');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
  await expect(shell.tools.lastRun()).toContainText('sums');
});
