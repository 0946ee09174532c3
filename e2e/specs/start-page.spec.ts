import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { expect, test } from '../fixtures/test.ts';
import { writeSampleProject } from '../fixtures/workspace.ts';

test('the start page checks this machine and says that it is ready', async ({ shell }) => {
  await expect(shell.page.getByRole('heading', { name: 'Open a folder' })).toBeVisible();
  await expect(shell.page.locator('.check').first()).toBeVisible();
  await expect(shell.status('engine')).toContainText(/docker|podman/);
  await expect(shell.status('policy')).toContainText('Policy loaded');
  await expect(shell.page.getByText('No sessions yet')).toBeVisible();
});

test('a folder that cannot be opened says why and what to do', async ({ shell, scratch }) => {
  const file = join(scratch, 'a file');
  await writeFile(file, '');
  for (const path of [join(scratch, 'missing'), file]) {
    await shell.enterFolder(path);
    await expect(shell.failure()).toBeVisible();
    await expect(shell.failure().locator('.failure-what')).toContainText('Cannot');
    await expect(shell.failure()).toHaveAttribute('data-code', 'workspace_invalid');
  }
  await shell.app.screenshot('folder-error');
});

test('a folder that cannot be read is refused before anything starts', async ({ shell, scratch }) => {
  test.skip(getuid?.() === 0, 'root reads every folder');
  const folder = join(scratch, 'closed');
  await mkdir(folder);
  await chmod(folder, 0);
  await shell.enterFolder(folder);
  await expect(shell.failure()).toHaveAttribute('data-code', 'workspace_invalid');
  await chmod(folder, 0o700);
});

test('a folder with spaces, quotes and other letters in its name is opened as any other', async ({
  shell,
  scratch,
}) => {
  const folder = join(scratch, 'Über "uns" & it\'s $HOME 日本');
  await mkdir(folder);
  await writeSampleProject(folder);
  await shell.openFolder(folder);
  const terminal = await shell.terminal();
  await terminal.run('cat README.md');
  await terminal.shows('A small project.');
});
