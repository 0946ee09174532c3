import { expect, test } from '../fixtures/test.ts';

test('the audit list grows while the person works, and verifies', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.terminal();
  await shell.openPanel('audit');
  await expect(shell.audit.ofType('session_created')).toHaveCount(1);
  const before = await shell.audit.newest();
  await shell.page.getByRole('button', { name: 'New terminal' }).click();
  await expect.poll(() => shell.audit.newest()).toBeGreaterThan(before);
  await shell.audit.verify();
  await expect(shell.audit.report()).toContainText('The chain is intact');
  await shell.audit.rows().first().click();
  await expect(shell.audit.panel.getByRole('complementary')).toContainText('hash');
  await shell.app.screenshot('audit');
});

test('records are filtered by their type and by text', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  await shell.tools.choose('fs.read');
  await shell.tools.field('Path').fill('src/hello.ts');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  await shell.openPanel('audit');
  await shell.audit.filterType('call_decided');
  await shell.audit.panel.getByPlaceholder('Search tool, path, rule, reason, input').fill('src/hello.ts');
  await expect(shell.audit.rows().first()).toContainText('fs.read');
  const types = await shell.audit.rows().evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.type));
  expect(new Set(types)).toEqual(new Set(['call_decided']));
});
