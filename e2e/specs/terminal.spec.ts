import { expect, test } from '../fixtures/test.ts';

test('what is typed runs, and what it prints is shown', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run("printf '%s-%s\\n' grüße 日本");
  await terminal.shows('grüße-日本');
});

test('the terminal takes the size of its pane', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('clear; stty size');
  await terminal.shows(/^\d+ \d+$/m);
  const before = /^\d+ (\d+)$/m.exec(await terminal.text())?.[1];
  await shell.app.resize({ width: 960, height: 700 });
  await expect
    .poll(async () => {
      await terminal.run('clear; stty size');
      await terminal.shows(/^\d+ \d+$/m);
      return Number(/^\d+ (\d+)$/m.exec(await terminal.text())?.[1]);
    })
    .toBeLessThan(Number(before));
});

test('a flood of output ends where it ends and the window stays alive', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('seq 1 400000; echo end-of""-flood');
  await shell.openPanel('tools');
  await shell.tools.choose('fs.read');
  await expect(shell.tools.field('Path')).toBeVisible();
  await terminal.shows('end-of-flood');
  await terminal.shows('400000');
});

test('a process that ends says its exit code', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('exit 7');
  await expect(terminal.exit()).toContainText('exit code 7');
  await shell.app.screenshot('terminal-exit');
  await terminal.exit().getByRole('button', { name: 'Open another' }).click();
  await shell.terminal();
});

test('text is found in the scrollback', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('echo needle; seq 1 100; echo need""le');
  await terminal.shows('100');
  await terminal.focus();
  await shell.page.keyboard.press('Control+Shift+F');
  await expect(shell.page.locator('.terminal-find input')).toBeFocused();
  await shell.page.keyboard.type('needle');
  await expect(shell.page.locator('.terminal-find-count')).toContainText(/of [2-9]/);
  await shell.app.screenshot('terminal-find');
  // The match that one is at has a line around it.
  const mark = shell.page.locator('.xterm-find-result-decoration[style*="outline"]');
  const outline = await mark.evaluate((element) => getComputedStyle(element).outlineColor);
  await shell.page.emulateMedia({ colorScheme: 'dark' });
  await expect(mark).not.toHaveCSS('outline-color', outline);
  await expect(shell.page.locator('.terminal-find-count')).toContainText(/of [2-9]/);
  await shell.page.keyboard.press('Escape');
  await expect(shell.page.locator('.terminal-find')).toHaveCount(0);
});

test('a page that is loaded again shows its terminals with what they had printed', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('echo before-the-re""load');
  await terminal.shows('before-the-reload');
  await shell.page.reload();
  await shell.app.interactive();
  await shell.selectSession('sample');
  const again = await shell.terminal();
  await again.shows('before-the-reload');
  await again.run('echo after-the-re""load');
  await again.shows('after-the-reload');
});

test('several terminals stand side by side as tabs', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await (await shell.terminal()).run('echo first-ter""minal');
  await (await shell.terminal()).shows('first-terminal');
  await shell.page.getByRole('button', { name: 'New terminal' }).click();
  await expect(shell.page.locator('.dock-tab[data-panel="terminal"]')).toHaveCount(2);
  const second = await shell.terminal();
  await second.run('echo second-ter""minal');
  await second.shows('second-terminal');
  await shell.closeTab('Terminal 2');
  await (await shell.terminal()).shows('first-terminal');
});

test('a bell out of sight is on its tab until it is looked at, and a title comes back with the window', async ({
  shell,
  workspace,
}) => {
  await shell.openFolder(workspace);
  const { page } = shell;
  const first = await shell.terminal();
  await first.run(String.raw`printf '\e]0;long work\a'; sleep 2; printf '\a'; read`);
  await page.getByRole('button', { name: 'New terminal' }).click();
  const rang = page.locator('.dock-tab[data-rang]');
  await expect(rang).toContainText('long work');
  await shell.screenshotBoth('terminal-rang');
  await rang.click();
  await expect(rang).toHaveCount(0);
  await page.reload();
  await shell.app.interactive();
  await shell.selectSession('sample');
  await expect(page.locator('.dock-tab[data-panel="terminal"]').first()).toHaveText('long work');
});

test('one scrolls to the first line and the last one', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('seq 1 3000; echo la""st');
  await terminal.shows('last');
  await shell.page.keyboard.press('Shift+Home');
  await terminal.shows(/^cavern@/);
  await shell.page.keyboard.press('Shift+End');
  await terminal.shows('last');
});

test('commands are marked, what a program wants is shown or asked about, and terminals are split and typed into at once', async ({
  shell,
  workspace,
}) => {
  await shell.openFolder(workspace);
  const { page } = shell;
  const terminal = await shell.terminal();
  await terminal.run('false');
  await expect(terminal.pane.locator('.command-mark-bad')).toHaveCount(1);
  await terminal.run(String.raw`printf '\e]0;building \u202eit\a\e]9;4;1;40\a'; read`);
  const tab = page.locator('.dock-tab[data-panel="terminal"]');
  await expect(tab).toContainText('building it · 40 %');
  await expect(terminal.pane.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '40');
  await shell.screenshotBoth('terminal-marks');
  // Both are of the command, and end with it.
  await page.keyboard.press('Enter');
  await expect(tab).toHaveText('Terminal 1');
  await expect(terminal.pane.getByRole('progressbar')).toHaveCount(0);

  const asked = page.getByRole('dialog');
  await terminal.run(String.raw`clear; printf '\e]52;c;aGVsbG8=\a'`);
  await expect(asked).toContainText('hello');
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await shell.dialogClosed();
  await terminal.run('clear; echo https://example"".com/path');
  await terminal.shows('https://example.com/path');
  await terminal.pointAt('https://example.com/path');
  await expect(terminal.pane.locator('.terminal-link-hint')).toHaveText('Ctrl+click opens https://example.com/path');
  await shell.screenshotBoth('terminal-link');
  await terminal.follow('https://example.com/path');
  await expect(asked).toContainText('https://example.com/path');
  await shell.screenshotBoth('terminal-address');
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await shell.dialogClosed();
  await terminal.run('clear; echo rea""dy; cat');
  await terminal.shows('ready');
  await terminal.paste('one\ntwo\n');
  await expect(asked).toContainText('Paste 2 lines?');
  await shell.screenshotBoth('terminal-paste');
  await asked.getByRole('button', { name: 'Paste' }).click();
  await terminal.shows(/two\n(.*\n)*two/);
  await page.keyboard.press('Control+C');

  await terminal.choose('Split right');
  await expect(page.locator('.terminal-pane:visible')).toHaveCount(2);
  const second = await shell.terminal();
  await second.choose('Type into all terminals');
  await expect(second.pane.getByRole('status')).toContainText('all 2 terminals');
  await second.run('echo typed-into-a""ll');
  for (const pane of await page.locator('.terminal-pane:visible .xterm-rows').all()) {
    await expect(pane).toContainText('typed-into-all');
  }
  await shell.screenshotBoth('terminal-split');
  await second.pane.getByRole('button', { name: 'Type into one again' }).click();

  await second.choose('Record');
  await expect(second.pane.getByRole('status')).toContainText('is being recorded');
  await second.run('echo kept-for-la""ter');
  await second.shows('kept-for-later');
  await second.pane.getByRole('button', { name: 'End the recording' }).click();
  await expect(shell.notice()).toContainText('.cast');
  await second.choose('Recordings…');
  await asked.getByRole('button', { name: 'Play' }).click();
  await expect(asked.locator('.xterm-rows')).toContainText('kept-for-later', { timeout: 30_000 });
  await shell.screenshotBoth('terminal-recordings');
});
