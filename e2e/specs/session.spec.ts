import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures/test.ts';

test('opening a folder starts a session with a terminal in its sandbox', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await expect(shell.sessionRow('sample')).toHaveAttribute('data-state', 'running');
  await expect(shell.status('sandbox')).toContainText('running');
  const terminal = await shell.terminal();
  await terminal.run('pwd && id -u');
  await terminal.shows('/workspace');
  await shell.app.screenshot('session');
});

test('a stopped session keeps its changes and goes on with them', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('echo kept > kept.txt && echo do""ne');
  await terminal.shows('done');
  await shell.chooseSessionAction('sample', 'Stop');
  await expect(shell.sessionRow('sample')).toHaveAttribute('data-state', 'stopped');
  await shell.openPanel('changes');
  await expect(shell.changes.row('kept.txt')).toBeVisible();
  await shell.page.getByRole('button', { name: 'Resume' }).click();
  await expect(shell.sessionRow('sample')).toHaveAttribute('data-state', 'running', { timeout: 60_000 });
  await expect(shell.page.locator('.dock-tab[data-panel="terminal"]')).toHaveCount(2);
  await (await shell.terminal()).run('cat kept.txt');
  await (await shell.terminal()).shows(/^kept$/m);
});

test('a session and its terminal go on while the app is closed', async ({ start, workspace }) => {
  const before = await start();
  await before.openFolder(workspace);
  const terminal = await before.terminal();
  await terminal.run('export MARK=still-here; (sleep 3; echo printed-mean""while) &');
  // The shell has all of it: what is still on its way when the app is closed is lost with it.
  await terminal.shows('printed-mean""while) &');
  await before.app.close();

  const after = await start();
  await expect(after.sessionRow('sample')).toHaveAttribute('data-state', 'running', { timeout: 30_000 });
  await after.selectSession('sample');
  const again = await after.terminal();
  await again.shows('export MARK=still-here');
  await again.shows('printed-meanwhile');
  await again.run('echo "mark: $MARK"');
  await again.shows('mark: still-here');
});

test('an app that was killed finds its session again', async ({ start, workspace }) => {
  const before = await start();
  await before.openFolder(workspace);
  await (await before.terminal()).run('echo one > one.txt');
  await expect.poll(async () => (await before.terminal()).text()).toContain('one.txt');
  before.app.kill();

  const after = await start();
  await expect(after.sessionRow('sample')).toHaveAttribute('data-state', /running|stopped/, { timeout: 30_000 });
  await after.selectSession('sample');
  await after.openPanel('changes');
  await expect(after.changes.row('one.txt')).toBeVisible();
});

test('removing a session asks first and leaves the folder as it was', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await (await shell.terminal()).run('rm README.md && echo go""ne');
  await (await shell.terminal()).shows('gone');
  await shell.chooseSessionAction('sample', 'Remove…');
  await expect(shell.page.getByRole('dialog')).toBeVisible();
  await shell.app.screenshot('session-remove');
  await shell.page.getByRole('button', { name: 'Remove session' }).click();
  await expect(shell.sessionRow('sample')).toHaveCount(0, { timeout: 30_000 });
  await expect(shell.page.getByRole('heading', { name: 'Open a folder' })).toBeVisible();
  expect(await readFile(join(workspace, 'README.md'), 'utf8')).toContain('# Sample');
});
