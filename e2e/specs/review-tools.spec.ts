import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { moduleText, poem } from '../fixtures/forty-changes.ts';
import { expect, test } from '../fixtures/test.ts';
import { commitAll } from '../fixtures/workspace.ts';
import type { Shell } from '../pages/shell.ts';

test.setTimeout(240_000);

async function inSession(shell: Shell, command: string): Promise<void> {
  const terminal = await shell.terminal();
  await terminal.run(command);
}

test('the list follows the session; its states are kept, compared, restored and branched', async ({
  shell,
  workspace,
}) => {
  await shell.openFolder(workspace);
  const { changes, page } = shell;
  await shell.terminal();
  await shell.openPanel('changes');
  await expect(changes.panel).toContainText('No changes');
  await inSession(shell, "sed -i 's/Hello/Good day/' src/hello.ts && echo new > src/new.ts");
  await expect(changes.row('src/new.ts')).toBeVisible();
  await expect(changes.row('src/hello.ts')).toBeVisible();

  await changes.chooseAction('Snapshots…');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('with-new');
  await dialog.getByRole('button', { name: 'Keep as snapshot' }).click();
  await expect(dialog.locator('[data-snapshot="with-new"]')).toBeVisible();
  await shell.screenshotBoth('review-snapshots');
  await page.keyboard.press('Escape');
  await shell.dialogClosed();

  await inSession(shell, 'rm src/new.ts && echo "// later" >> src/hello.ts');
  await expect(changes.row('src/new.ts')).toHaveCount(0);
  await changes.chooseAction('Snapshots…');
  await dialog.getByRole('button', { name: 'Compare' }).click();
  await expect(dialog.locator('.compare-count')).toHaveText('2 files differ');
  await expect(dialog.getByLabel('From')).toContainText('with-new');
  await dialog.locator('.change-pick[data-path="src/hello.ts"]').click();
  await expect(dialog.locator('.diff[aria-label="src/hello.ts"] .cm-merge-b')).toContainText('// later');
  await page.keyboard.press('Escape');

  await changes.chooseAction('Snapshots…');
  await dialog.getByRole('button', { name: 'New session' }).click();
  await expect(shell.sessionRow('with-new')).toHaveAttribute('data-state', 'running', { timeout: 60_000 });
  await page.keyboard.press('Escape');
  await changes.chooseAction('Compare states…');
  await expect(dialog.getByLabel('From').locator('option:checked')).toHaveText('with-new, as it is now');
  await expect(dialog.getByLabel('To').locator('option:checked')).toHaveText('sample, as it is now');
  await expect(dialog.locator('.change-pick[data-path="src/new.ts"]')).toBeVisible();
  await dialog.locator('.change-pick[data-path="src/hello.ts"]').click();
  await expect(dialog.locator('.diff[aria-label="src/hello.ts"] .cm-merge-b')).toContainText('// later');
  await shell.screenshotBoth('review-sessions-compared');
  await page.keyboard.press('Escape');

  const own = page.locator('.session-row[data-selected]');
  await own.hover();
  await own.getByRole('button', { name: 'Actions for sample' }).click();
  await page.getByRole('menuitem', { name: 'Stop' }).click();
  await expect(own).toHaveAttribute('data-state', 'stopped', { timeout: 30_000 });
  await changes.chooseAction('Snapshots…');
  await dialog.getByRole('button', { name: 'Restore' }).click();
  await expect(shell.notice().filter({ hasText: 'The session is as in “with-new”' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(changes.row('src/new.ts')).toBeVisible();
  await changes.show('src/hello.ts');
  await expect(changes.after()).not.toContainText('// later');
});

test('changes are exported as a patch that git takes; a merge is taken back from the history', async ({
  shell,
  workspace,
  scratch,
}) => {
  await commitAll(workspace);
  await shell.openFolder(workspace);
  const { changes, page } = shell;
  await shell.terminal();
  await shell.openPanel('changes');
  await inSession(shell, "sed -i 's/Hello/Good day/' src/hello.ts && rm README.md && echo new > src/new.ts");
  await expect(changes.panel).toContainText('3 changes');

  const patch = join(scratch, 'out.patch');
  await shell.app.electron.evaluate(({ session }, path) => {
    session.defaultSession.once('will-download', (_event, item) => item.setSavePath(path));
  }, patch);
  const dialog = page.getByRole('dialog');
  await changes.show('src/hello.ts');
  await expect(changes.after()).toContainText('Good day');
  await changes.chooseAction('Export…');
  await expect(dialog.getByRole('button', { name: 'Export changes' })).toBeVisible();
  await shell.screenshotBoth('review-export');
  await dialog.getByRole('button', { name: 'Export changes' }).click();
  await expect(dialog).toHaveCount(0);
  await expect.poll(() => readFile(patch, 'utf8').catch(() => '')).toContain('Good day');
  const copy = join(scratch, 'copy');
  await cp(workspace, copy, { recursive: true });
  await promisify(execFile)('git', ['apply', patch], { cwd: copy });
  expect(await readFile(join(copy, 'src/hello.ts'), 'utf8')).toContain('Good day');
  expect(await readFile(join(workspace, 'src/hello.ts'), 'utf8')).toContain('Hello');

  await changes.mergeAll();
  await shell.approvals.allowIfAsked(changes.outcome());
  await expect(changes.outcome()).toContainText('Merged');
  expect(await readFile(join(workspace, 'src/hello.ts'), 'utf8')).toContain('Good day');
  await changes.chooseAction('History of merges…');
  await expect(dialog.locator('li')).toContainText(['Merge']);
  await shell.screenshotBoth('review-history');
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await expect(changes.outcome()).toContainText('Restored');
  expect(await readFile(join(workspace, 'src/hello.ts'), 'utf8')).toContain('Hello');
  await changes.chooseAction('History of merges…');
  await expect(dialog.getByText('Undone')).toBeVisible();
});

/** Two files with three hunks each, and one that both sides changed. */
async function threeChanges(shell: Shell, workspace: string): Promise<void> {
  for (const name of ['a', 'b']) await writeFile(join(workspace, `src/${name}.ts`), moduleText(name));
  await writeFile(join(workspace, 'src/conflict.txt'), `${poem.join('\n')}\n`);
  await shell.openFolder(workspace);
  await shell.terminal();
  await shell.openPanel('changes');
  const lines = 's/Line5 = 5/Line5 = 500/; s/Line20 = 20/Line20 = 2000/; s/Line35 = 35/Line35 = 3500/';
  await inSession(shell, `sed -i '${lines}' src/a.ts src/b.ts; sed -i 's/^fifth$/theirs/' src/conflict.txt`);
  await expect(shell.changes.panel).toContainText('3 changes');
  await writeFile(join(workspace, 'src/conflict.txt'), `${poem.join('\n').replace('fifth', 'mine')}\n`);
  await shell.changes.refresh();
  await expect(shell.changes.count('conflict')).toContainText('1');
}

test('every key that the list of keys names does what it says', async ({ shell, workspace }) => {
  await threeChanges(shell, workspace);
  const { changes, page } = shell;
  const diff = changes.diff();
  const isShown = (path: string): Promise<void> => expect(diff).toHaveAttribute('aria-label', path);
  const press = (key: string): Promise<void> => page.keyboard.press(key);
  /** Pressed twice, a key that turns something over leaves everything as it was. */
  const twice = async (key: string, first: () => Promise<void>, second: () => Promise<void>): Promise<void> => {
    await press(key);
    await first();
    await press(key);
    await second();
  };
  const answer = changes.conflict(0);
  const pressed = new Map<string, () => Promise<void>>([
    ['j', async () => isShown('src/b.ts')],
    ['k', async () => isShown('src/a.ts')],
    ['n', async () => expect(changes.place()).toHaveText('Hunk 2 of 3')],
    ['p', async () => expect(changes.place()).toHaveText('Hunk 1 of 3')],
    ['a', async () => expect(changes.place()).toHaveText('Hunk 2 of 3')],
    ['x', async () => expect(changes.verdict('src/a.ts')).toHaveAttribute('data-verdict', 'hunks')],
    ['u', async () => expect(changes.verdict('src/a.ts')).toHaveCount(0)],
    ['Shift A', async () => expect(changes.verdict('src/a.ts')).toHaveAttribute('data-verdict', 'accepted')],
    ['Shift X', async () => expect(changes.verdict('src/a.ts')).toHaveAttribute('data-verdict', 'rejected')],
  ]);
  await changes.show('src/a.ts');
  await expect(changes.place()).toHaveText('Hunk 1 of 3');
  await changes.panelByKeyboard();
  for (const [key, expected] of pressed) {
    await press(key.replace(' ', '+'));
    await expected();
  }

  const folded = diff.locator('.cm-collapsedLines');
  await twice(
    'l',
    () => expect(diff.locator('.cm-merge-a')).toHaveCount(0),
    () => expect(diff.locator('.cm-merge-a')).toHaveCount(1),
  );
  await twice(
    'f',
    () => expect(folded).toHaveCount(0),
    () => expect(folded.first()).toBeVisible(),
  );
  await twice(
    'w',
    () => expect(diff.locator('.cm-highlightSpace').first()).toBeVisible(),
    () => expect(diff.locator('.cm-highlightSpace')).toHaveCount(0),
  );
  await twice(
    'g',
    () => expect(diff.locator('.cm-lineWrapping')).toHaveCount(2),
    () => expect(diff.locator('.cm-lineWrapping')).toHaveCount(0),
  );
  await twice(
    't',
    () => expect(changes.panel.locator('.change-branch')).toBeVisible(),
    () => expect(changes.panel.locator('.change-branch')).toHaveCount(0),
  );
  await twice(
    'v',
    async () => {
      await expect(page.locator('.terminal-pane:visible')).toHaveCount(0);
      await shell.screenshotBoth('review-maximized');
      await shell.app.resize({ width: 2560, height: 1440 });
      await shell.screenshotBoth('review-maximized-2560');
      await shell.app.resize({ width: 1280, height: 800 });
    },
    () => expect(page.locator('.terminal-pane:visible')).toHaveCount(1),
  );

  await changes.editByKeyboard();
  await press('Escape');
  await expect(diff.locator('[data-editing]')).toHaveCount(0);
  await changes.panelByKeyboard();
  await changes.commentByKeyboard('Why?');
  await changes.panelByKeyboard();
  await press('Shift+S');
  await expect(page.getByRole('dialog')).toContainText('Send 1 comment');
  await press('Escape');
  await shell.dialogClosed();

  await changes.panelByKeyboard();
  await changes.findByKeyboard('src/conflict.txt');
  for (const [key, take] of [
    ['1', 'workspace'],
    ['2', 'session'],
    ['3', 'both'],
  ] as const) {
    await expect(answer).toBeVisible();
    await press(key);
    await expect(answer).toHaveAttribute('data-answer', take);
  }
  await press('Shift+A');
  await expect(changes.row('src/conflict.txt')).toContainText('Solved');
  await press('/');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await press('Enter');
  await press('r');
  await expect(changes.verdict('src/b.ts')).toHaveAttribute('data-verdict', 'accepted');
  await expect(changes.panel.getByRole('button', { name: 'Merge 2 accepted' })).toBeEnabled();
  await press('m');
  await expect(changes.panel.locator('.merge-details')).toContainText('Would be merged 2');
  await press('Enter');
  await shell.approvals.allowIfAsked(changes.outcome());
  await expect(changes.outcome()).toContainText('Merged');
  await changes.panelByKeyboard();
  await press('Shift+Z');
  await expect(changes.outcome()).toContainText('Restored');

  await press('?');
  const named = page.getByRole('dialog').locator('[data-command^="changes."] kbd');
  const tried = [...pressed.keys(), ...Array.from('lfwgtvec/123rm'), 'Shift S', 'Shift Z'];
  const labels = tried.map((key) => key.toUpperCase().replace('SHIFT ', 'Shift+'));
  await expect.poll(async () => [...(await named.allTextContents())].sort()).toEqual(labels.sort());
});
