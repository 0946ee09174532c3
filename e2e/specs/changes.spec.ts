import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../pages/shell.ts';
import { expect, test } from '../fixtures/test.ts';

const EDITS = [
  "sed -i 's/Hello/Good day/' src/hello.ts",
  'echo new > src/new.ts',
  'rm README.md',
  'mkdir -p ignored && echo x > ignored/x',
  'echo edi""ted',
].join(' && ');

async function edit(shell: Shell, workspace: string): Promise<void> {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run(EDITS);
  await terminal.shows('edited');
  await shell.openPanel('changes');
  await expect(shell.changes.row('src/hello.ts')).toBeVisible();
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

test('changes are listed with their diff while the folder stays as it was', async ({ shell, workspace }) => {
  await edit(shell, workspace);
  await expect(shell.changes.row('src/new.ts')).toBeVisible();
  await expect(shell.changes.row('README.md')).toBeVisible();
  await expect(shell.changes.panel.locator('.change-section')).toContainText('Ignored');
  await shell.changes.show('src/hello.ts');
  await expect(shell.changes.diff()).toContainText('Good day');
  await expect(shell.changes.diff().locator('.cm-changedText').first()).toBeVisible();
  await shell.app.screenshot('changes');
  await shell.changes.diff().getByRole('button', { name: 'Inline' }).click();
  await expect(shell.changes.diff().locator('.cm-deletedChunk').first()).toBeVisible();
  await shell.app.screenshot('changes-inline');
  expect(await readFile(join(workspace, 'src/hello.ts'), 'utf8')).toContain('Hello');
  expect(await exists(join(workspace, 'src/new.ts'))).toBe(false);
});

test('merging some brings those back and leaves the others', async ({ shell, workspace }) => {
  await edit(shell, workspace);
  await shell.changes.accept('src/hello.ts');
  await shell.changes.mergeAccepted();
  await expect(shell.changes.outcome()).toContainText('Merged');
  await expect(shell.changes.row('src/hello.ts')).toHaveCount(0);
  await expect(shell.changes.row('src/new.ts')).toBeVisible();
  expect(await readFile(join(workspace, 'src/hello.ts'), 'utf8')).toContain('Good day');
  expect(await exists(join(workspace, 'src/new.ts'))).toBe(false);
});

test('merging all leaves out what is ignored; undoing restores the folder', async ({ shell, workspace }) => {
  await edit(shell, workspace);
  const before = await readFile(join(workspace, 'src/hello.ts'), 'utf8');
  await shell.changes.mergeAll();
  await expect(shell.changes.outcome()).toContainText('Merged');
  await shell.app.screenshot('changes-merged');
  expect(await exists(join(workspace, 'README.md'))).toBe(false);
  expect(await exists(join(workspace, 'src/new.ts'))).toBe(true);
  expect(await exists(join(workspace, 'ignored'))).toBe(false);
  await shell.changes.chooseAction('Undo last merge');
  await expect(shell.changes.outcome()).toContainText('Restored');
  expect(await readFile(join(workspace, 'src/hello.ts'), 'utf8')).toBe(before);
  expect(await exists(join(workspace, 'README.md'))).toBe(true);
  expect(await exists(join(workspace, 'src/new.ts'))).toBe(false);
});

test('a file that changed on both sides in the same place is a conflict, never overwritten', async ({
  shell,
  workspace,
}) => {
  await edit(shell, workspace);
  const mine = 'export const hello = "mine";\n';
  await writeFile(join(workspace, 'src/hello.ts'), mine);
  await shell.changes.refresh();
  await shell.changes.mergeAll();
  await expect(shell.changes.outcome()).toContainText('Conflicts');
  expect(await readFile(join(workspace, 'src/hello.ts'), 'utf8')).toBe(mine);
  await shell.app.screenshot('changes-conflict');
});

test('discarding stops the session first and throws the changes away', async ({ shell, workspace }) => {
  await edit(shell, workspace);
  await shell.changes.chooseAction('Discard…');
  await expect(shell.page.getByRole('dialog')).toBeVisible();
  await shell.app.screenshot('changes-discard');
  await shell.page.getByRole('button', { name: 'Stop and discard' }).click();
  await expect(shell.sessionRow('sample')).toHaveAttribute('data-state', 'stopped', { timeout: 30_000 });
  await expect(shell.changes.panel).toContainText('No changes');
});

test('a merge that touches a manifest asks first', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('sed -i \'s/sample/renamed/\' package.json && echo edi""ted');
  await terminal.shows('edited');
  await shell.openPanel('changes');
  await shell.changes.mergeAll();
  await expect(shell.approvals.toast).toContainText('The file runs by itself');
  expect(await readFile(join(workspace, 'package.json'), 'utf8')).toContain('sample');
  await shell.approvals.answer('Allow once');
  await expect(shell.changes.outcome()).toContainText('Merged');
  expect(await readFile(join(workspace, 'package.json'), 'utf8')).toContain('renamed');
});
