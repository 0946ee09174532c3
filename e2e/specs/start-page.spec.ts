import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { expect, test } from '../fixtures/test.ts';
import { Newcomer } from '../pages/newcomer.ts';
import { writeSampleProject } from '../fixtures/workspace.ts';

const CLICKS = 12;
const SECONDS = 120;

test('the start page says that this machine is ready, and leads somebody who knows nothing to a merged change', async ({
  start,
  scratch,
}, info) => {
  const beganAtMs = performance.now();
  // The sample is made among the documents of whoever is at home there.
  const shell = await start({ HOME: scratch, XDG_CONFIG_HOME: join(scratch, '.config') });
  const newcomer = new Newcomer(shell, beganAtMs);
  const { page } = shell;
  await expect(page.getByRole('heading', { name: 'Open a folder' })).toBeVisible();
  await expect(page.locator('.check').first()).toBeVisible();
  await expect(shell.status('engine')).toContainText(/docker|podman/);
  await expect(shell.status('policy')).toContainText('Policy loaded');
  await expect(page.getByText('No sessions yet')).toBeVisible();
  await shell.screenshotBoth('start');

  await newcomer.click(page.getByRole('button', { name: 'Try it on a sample project' }), 'try the sample project');
  await shell.terminal();
  await newcomer.click(page.locator('.terminal-host'), 'go to the terminal');
  await newcomer.type('sed -i s/Hello/Welcome/ greet.mjs', 'change a file, as its README says');
  await newcomer.click(page.locator('.dock-tab[data-panel="changes"]'), 'look at the changes');
  await newcomer.click(shell.changes.row('greet.mjs').locator('.change-pick'), 'look at the file');
  await expect(shell.changes.diff()).toContainText('Welcome');
  await newcomer.click(page.getByRole('button', { name: 'Merge all', exact: true }), 'merge');
  await expect(shell.changes.outcome()).toContainText('Merged');
  const { effort } = newcomer;
  const { sessions } = (await shell.app.call('session.list', {})) as { sessions: { workspace: string }[] }; // the contract's
  const sample = sessions[0]?.workspace ?? '';
  expect(sample.startsWith(scratch)).toBe(true);
  expect(await readFile(join(sample, 'greet.mjs'), 'utf8')).toContain('Welcome');
  await info.attach('what the first merged change took', {
    body: JSON.stringify(effort),
    contentType: 'application/json',
  });
  info.annotations.push({ type: 'first merged change', description: JSON.stringify(effort) });
  expect(effort.clicks).toBeLessThan(CLICKS);
  expect(effort.seconds).toBeLessThan(SECONDS);
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
