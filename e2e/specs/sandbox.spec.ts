import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures/test.ts';

/** Nothing listens on this port of the loopback: the image can be had from nobody. */
const UNREACHABLE_IMAGE = '127.0.0.1:1/cavern-test/none:one';

const BROKEN_PROFILE = `name: broken
about: An image that nobody has
image: ${UNREACHABLE_IMAGE}
network: none
memory: 256MiB
cpus: 1
pids: 64
openFiles: 256
disk: 64MiB
fileSize: 32MiB
tmp: 16MiB
home: 16MiB
seccomp: standard-net
`;

const CAVE = `version: 1
sandboxes:
  web:
    profile: workspace
    memory: 1GiB
  broken:
    profile: broken
`;

test('the start page offers the sandboxes of a cave.yaml; one that cannot start says what it was doing, with times', async ({
  start,
  home,
  workspace,
}) => {
  await mkdir(join(home, 'profiles'), { recursive: true });
  await writeFile(join(home, 'profiles', 'broken.yaml'), BROKEN_PROFILE);
  await writeFile(join(workspace, 'cave.yaml'), CAVE);
  const shell = await start();
  const { page } = shell;
  const image = page.locator(`.image-row[data-image="${UNREACHABLE_IMAGE}"]`);
  await expect(image).toHaveAttribute('data-state', 'failed', { timeout: 30_000 });
  await page.getByLabel('Folder', { exact: true }).fill(workspace);
  await expect(page.getByRole('button', { name: 'Start broken' })).toBeVisible();
  await shell.screenshotBoth('cave');

  await page.getByRole('button', { name: 'Start broken' }).click();
  await expect(shell.failure()).toHaveAttribute('data-code', 'image_missing', { timeout: 60_000 });
  await expect(page.locator('.phase[data-phase="layer"]')).toHaveAttribute('data-state', 'done');
  const failed = page.locator('.phase[data-state="failed"]');
  await expect(failed).toHaveAttribute('data-phase', 'image');
  await expect(failed.locator('.phase-time')).toContainText(/ms|s/);
  await shell.screenshotBoth('failed-start');

  await page.getByRole('button', { name: 'Open folder…' }).click();
  await page.getByLabel('Folder', { exact: true }).fill(workspace);
  await page.getByRole('button', { name: 'Start web' }).click();
  await expect(shell.sessionView()).toHaveAttribute('data-state', 'running', { timeout: 60_000 });
  await shell.openPanel('sandbox');
  await expect(page.locator('.usage-card[data-plot="memory"] .usage-card-about')).toContainText('1.0 GiB');
});

test('what is wrong with a cave.yaml is shown with its line', async ({ shell, workspace }) => {
  await writeFile(
    join(workspace, 'cave.yaml'),
    'version: 1\nsandboxes:\n  web:\n    profile: workspace\n    memroy: 1GiB\n',
  );
  await shell.page.getByLabel('Folder', { exact: true }).fill(workspace);
  const wrong = shell.page.locator('.cave[data-ok="false"]');
  await expect(wrong).toContainText('line 5');
  await expect(wrong).toContainText('memroy');
  await shell.app.screenshot('cave-wrong');
});

test('a sandbox is shown with its state, plots of what it uses, its start, its events and its log, and opens in an editor', async ({
  start,
  home,
  workspace,
}) => {
  const editor = join(home, 'editor.sh');
  await writeFile(editor, `#!/bin/sh\necho "$1" > ${home}/given.new && mv ${home}/given.new ${home}/given\n`, {
    mode: 0o755,
  });
  await writeFile(join(home, 'settings.json'), JSON.stringify({ editor }));
  const shell = await start();
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('dd if=/dev/zero of=big bs=1M count=20; (yes > /dev/null &); echo wor""king');
  await terminal.shows('working');
  await shell.openPanel('sandbox');
  const panel = shell.page.locator('[data-view="sandbox"]');
  await expect(panel.locator('.sandbox-state')).toHaveAttribute('data-state', 'running');
  for (const name of ['cpu', 'memory', 'processes', 'disk'])
    await expect(panel.locator(`.usage-card[data-plot="${name}"] polyline`)).toHaveAttribute('points', /,.*,/);
  await expect(panel.locator('.usage-card[data-plot="cpu"] strong')).not.toHaveText(/^(–|0 %)$/, { timeout: 30_000 });
  await expect(panel.locator('.phase[data-phase="agent"]')).toHaveAttribute('data-state', 'done');
  await expect(panel.locator('.sandbox-event[data-type="sandbox_started"]')).toBeVisible();
  await expect(panel.getByRole('region', { name: 'Log of its first process' })).toBeVisible();
  await shell.screenshotBoth('sandbox');
  await panel.getByRole('button', { name: 'Open in editor' }).click();
  const given = (): Promise<string> => readFile(join(home, 'given'), 'utf8').catch(() => '');
  await expect.poll(given, { timeout: 30_000 }).toContain('/views/');
  expect(await readdir((await given()).trim())).toContain('big');
  await panel.getByRole('button', { name: 'Pause' }).click();
  const banner = shell.page.locator('.session-banner');
  await expect(banner).toContainText('stands still');
  await expect(panel.locator('.sandbox-state')).toHaveText('Paused');
  await shell.screenshotBoth('sandbox-paused');
  await banner.getByRole('button', { name: 'Go on' }).click();
  await expect(panel.locator('.sandbox-state')).toHaveText('Running');
  await shell.chooseSessionAction('sample', 'Stop');
  await expect(panel.locator('.sandbox-event[data-type="sandbox_destroyed"]')).toBeVisible({ timeout: 30_000 });
});
