import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { promisify } from 'node:util';
import { findings } from '../fixtures/accessibility.ts';
import { chooseMenu, menuOf } from '../fixtures/app-menu.ts';
import { executablePath } from '../fixtures/cavern-app.ts';
import { crashNewestWindow, loadAgain } from '../fixtures/crashed-window.ts';
import { expect, test } from '../fixtures/test.ts';

const START_LIMIT_MS = 30_000;

test('links and folders from the desktop are shown once the person says yes, and do nothing by themselves', async ({
  shell,
  home,
  workspace,
}) => {
  const { page } = shell;
  /** As the desktop does it: the program is started again with the link or the folder, and ends at once. */
  const startWith = (...args: string[]) =>
    promisify(execFile)(executablePath, ['--home', home, ...args], { timeout: START_LIMIT_MS });
  const dialog = page.getByRole('dialog');

  for (const hostile of [
    'cavern://run/rm%20-rf',
    'cavern://session/../../etc',
    'cavern://approval/a/approve',
    `cavern://session/${'a'.repeat(5000)}`,
  ]) {
    await startWith(hostile);
  }
  await startWith('cavern://audit/k3v9mzq7xa');
  // Links are heeded in their order: the ones before asked for nothing.
  await expect(dialog).toContainText('Audit records of the act k3v9mzq7xa');
  await shell.screenshotBoth('system-link');
  expect(await findings(shell, 'a link')).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await startWith('cavern://session/nosuchone');
  await dialog.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByText('There is no session nosuchone')).toBeVisible();

  await startWith(workspace);
  await expect(dialog).toContainText(workspace);
  await shell.screenshotBoth('system-folder');
  // What is asked does not change while somebody reads it; the next question comes behind it.
  await startWith('cavern://audit/k3v9mzq7xb');
  await expect(dialog).toContainText(workspace);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toContainText('k3v9mzq7xb');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toHaveCount(0);
  expect(await shell.app.call('session.list', {})).toEqual({ sessions: [] });

  const { electron } = shell.app;
  await expect.poll(async () => Object.keys(await menuOf(electron))).toEqual(['File', 'Edit', 'View', 'Help']);
  const asked = await electron.evaluate(async ({ dialog, Menu }) => {
    const asking = new Promise<string[]>((tell) => {
      dialog.showMessageBox = async (...given: unknown[]) => {
        const { message = '', detail = '' } = (given.at(-1) ?? {}) as { message?: string; detail?: string };
        tell([message, detail]);
        return { response: 0, checkboxChecked: false };
      };
    });
    const help = Menu.getApplicationMenu()?.items.at(-1)?.submenu?.items ?? [];
    help.find(({ label }) => label === 'Check for updates…')?.click();
    return asking;
  });
  expect(asked[0]).toBe('Looking for updates is off.');
  // The first button leads to the settings.
  const updates = page.locator('.setting[data-setting="updates"]');
  await updates.scrollIntoViewIfNeeded();
  await shell.screenshotBoth('settings-updates');
  expect(await findings(shell, 'updates')).toEqual([]);
  await chooseMenu(electron, 'Gateway');
  await expect(shell.keys.panel).toBeVisible();
});

test('a page that crashes says so in its window, and the other window goes on', async ({ shell, home }) => {
  const { electron } = shell.app;
  await expect.poll(async () => (await menuOf(electron))['File']).toContain('New window');
  const opening = electron.waitForEvent('window');
  await chooseMenu(electron, 'New window');
  const second = await opening;
  await second.waitForFunction(() => performance.getEntriesByName('cavern:ready').length > 0);
  expect(new URL(second.url()).search).toBe('?window=2');

  const crashed = await crashNewestWindow(electron);
  const reports = (await readdir(join(home, 'logs', 'crashes'))).filter((name) => name.endsWith('-page.txt'));
  // The path may be broken into lines.
  const report = reports.find((name) => crashed.text.replaceAll(/\s/g, '').includes(name)) ?? 'no report';
  expect(crashed.text).toContain('The page of this window has ended');
  expect(crashed.findings).toEqual([]);
  expect(await readFile(join(home, 'logs', 'crashes', report), 'utf8')).toMatch(/reason: {3}(crashed|killed)/);
  expect(await loadAgain(electron)).toBe('app://cavern/index.html?window=2');

  await test.step('the log has it, live and searchable', async () => {
    const logs = shell.page.locator('.panel[data-view="logs"]');
    await shell.page.keyboard.press('Control+Shift+L');
    const line = logs.locator('.logs-row[data-level="error"]', { hasText: 'the page of a window ended' });
    await expect(line.first()).toBeVisible();
    await shell.screenshotBoth('logs');
    expect(await findings(shell, 'logs')).toEqual([]);
    await logs.getByLabel('Find in the log').fill('in force');
    await expect(logs.locator('.logs-row[data-level="error"]')).toHaveCount(0);
    await logs.locator('.logs-row[data-level]').last().click();
    await expect(logs.locator('.logs-details')).toContainText('policy');
    await shell.screenshotBoth('logs-line');
    await logs.getByRole('button', { name: 'Crash reports' }).click();
    await logs.locator('.logs-crashes li button', { hasText: 'Page' }).first().click();
    await expect(logs.locator('.logs-report')).toContainText('part:     page');
    await shell.screenshotBoth('logs-crashes');
    expect(await findings(shell, 'crash reports')).toEqual([]);
  });

  await test.step('a diagnostics bundle is looked at before it is saved, and holds what was shown', async () => {
    const file = join(home, 'bundle.tar.gz');
    await electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, file);
    await shell.page.getByRole('button', { name: 'Diagnostics…' }).click();
    const dialog = shell.page.getByRole('dialog');
    await dialog.getByText('doctor.json').click();
    await expect(dialog.locator('details[open] pre')).toContainText('"checks"');
    await shell.screenshotBoth('diagnostics');
    expect(await findings(shell, 'diagnostics')).toEqual([]);
    const names = await dialog.locator('summary .mono').allTextContents();
    await dialog.getByRole('button', { name: 'Save…' }).click();
    await expect(dialog).toHaveCount(0);
    const archive = gunzipSync(await readFile(file)).toString('latin1');
    expect(names.filter((name) => !archive.includes(`cavern-diagnostics/${name}`))).toEqual([]);
    expect(names).toContain(`crashes/${report}`);
  });
});
