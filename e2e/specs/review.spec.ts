import { lstat, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { moduleText, poem, writeForty, writeMine } from '../fixtures/forty-changes.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Shell } from '../pages/shell.ts';

test.setTimeout(240_000);

async function change(shell: Shell, workspace: string): Promise<void> {
  await writeForty(workspace);
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run('sh .make-changes && echo ma""de');
  await terminal.shows('made');
  // The list has been looked at before the operator writes, so it is known what both sides began with.
  const { sessions } = (await shell.app.call('session.list', {})) as { sessions: { id: string }[] };
  await shell.app.call('changes.list', { session: sessions[0]?.id });
  await writeMine(workspace);
}

const read = (workspace: string, path: string): Promise<string> => readFile(join(workspace, path), 'utf8');
const exists = (workspace: string, path: string): Promise<boolean> =>
  lstat(join(workspace, path)).then(
    () => true,
    () => false,
  );

const mine = `${poem.join('\n')}\n`.replace('fifth\n', 'fifth of mine\n');
const both = mine.replace('fifth of mine\n', 'fifth of mine\nfifth of the session\n');
const theirs = mine.replace('of mine', 'of the session');

/** What was there before the merge. */
async function expectUntouched(workspace: string): Promise<void> {
  expect({
    mod1: await read(workspace, 'src/mod1.ts'),
    mod9: await read(workspace, 'src/mod9.ts'),
    old: await exists(workspace, 'old/old1.ts'),
    moved: await exists(workspace, 'lib/moved1.ts'),
    fresh: await exists(workspace, 'new/deep/new1.ts'),
    conflicts: [await read(workspace, 'conflict1.txt'), await read(workspace, 'conflict2.txt')],
    link: await readlink(join(workspace, 'link')),
    mode: (await stat(join(workspace, 'tool.sh'))).mode & 0o111,
  }).toEqual({
    mod1: moduleText('mod1'),
    mod9: moduleText('mod9'),
    old: true,
    moved: false,
    fresh: false,
    conflicts: [mine, mine],
    link: 'src/mod1.ts',
    mode: 0,
  });
}

/** What the review says, and nothing else. */
async function expectMerged(workspace: string): Promise<void> {
  const mod1 = moduleText('mod1').replace('Line5 = 5;', 'Line5 = 500;').replace('Line35 = 35;', 'Line35 = 3500;');
  const changed = (name: string): string =>
    moduleText(name).replace('= 5;', '= 500;').replace('= 20;', '= 2000;').replace('= 35;', '= 3500;');
  expect({
    mod1: await read(workspace, 'src/mod1.ts'),
    mod2: await read(workspace, 'src/mod2.ts'),
    mod4: await read(workspace, 'src/mod4.ts'),
    mod9: await read(workspace, 'src/mod9.ts'),
    old: await exists(workspace, 'old/old1.ts'),
    moved: [await exists(workspace, 'move/move1.ts'), await read(workspace, 'lib/moved1.ts')],
    fresh: await read(workspace, 'new/deep/new8.ts'),
    conflicts: [await read(workspace, 'conflict1.txt'), await read(workspace, 'conflict2.txt')],
    links: [await readlink(join(workspace, 'link')), await readlink(join(workspace, 'new/link'))],
    mode: (await stat(join(workspace, 'tool.sh'))).mode & 0o111,
    windows: await read(workspace, 'windows.txt'),
    bom: await read(workspace, 'bom.txt'),
    binary: [...(await readFile(join(workspace, 'assets/data.bin')))],
    apart: [await exists(workspace, '.env.local'), await exists(workspace, 'ignored')],
  }).toEqual({
    mod1,
    mod2: `// looked at\n${changed('mod2')}`,
    mod4: moduleText('mod4'),
    mod9: changed('mod9'),
    old: false,
    moved: [false, moduleText('move1')],
    fresh: 'export const fresh = 8;\n',
    conflicts: [theirs, both],
    links: ['src/mod2.ts', 'src/mod3.ts'],
    mode: 0o111,
    windows: 'one\r\nTWO\r\nthree\r\n',
    bom: '\ufeffthé\n',
    binary: [1, 2, 0, 255],
    apart: [false, false],
  });
}

test('forty changes of every kind are reviewed and merged by mouse', async ({ shell, workspace }) => {
  await change(shell, workspace);
  const { changes, page } = shell;
  await shell.openPanel('changes');
  await expect(changes.panel).toContainText('40 changes');
  await expect(changes.count('conflict')).toContainText('2');
  await expect(changes.count('secret')).toContainText('1');
  await expect(changes.count('ignored')).toContainText('1');
  await shell.app.inBothThemes('review-list');

  await changes.show('src/mod1.ts');
  await changes.hunk(0).locator('.mark-accept').click();
  await changes.hunk(1).locator('.mark-reject').click();
  await changes.hunk(2).locator('.mark-accept').click();
  await expect(changes.verdict('src/mod1.ts')).toHaveAttribute('data-verdict', 'hunks');
  await shell.app.inBothThemes('review-hunks');

  await changes.show('src/mod2.ts');
  await expect(changes.place()).toHaveText('Hunk 1 of 3');
  await changes.diff().getByRole('button', { name: 'Show unchanged lines' }).click();
  await changes.diff().getByRole('button', { name: 'Edit' }).click();
  await changes.after().locator('.cm-line').first().click();
  await page.keyboard.press('Home');
  await page.keyboard.type('// looked at\n');
  await shell.app.inBothThemes('review-edit');
  await changes.diff().getByRole('button', { name: 'Done' }).click();
  await expect(changes.verdict('src/mod2.ts')).toHaveAttribute('data-verdict', 'edited');
  await changes.diff().getByRole('button', { name: 'Show unchanged lines' }).click();

  await changes.show('src/mod3.ts');
  await expect(changes.place()).toHaveText('Hunk 1 of 3');
  await changes.after().locator('.cm-lineNumbers .cm-gutterElement', { hasText: /^5$/ }).click();
  await page.getByLabel('Comment on line 5').fill('Why five hundred?');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(changes.diff().locator('.comment-thread:visible')).toContainText('Why five hundred?');
  await shell.app.inBothThemes('review-comment');
  await page.getByRole('button', { name: 'Send 1 comment' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Terminal/ })
    .click();
  await (await shell.terminal()).shows('Why five hundred?');

  await changes.show('src/mod4.ts');
  await changes.diff().getByRole('button', { name: 'Reject', exact: true }).click();
  await changes.show('assets/logo.png');
  await changes.diff().getByRole('button', { name: 'Swipe' }).click();
  await shell.app.inBothThemes('review-image');
  await changes.diff().getByRole('button', { name: 'Onion skin' }).click();
  await expect(changes.diff().getByLabel('How much of the new image is seen')).toBeVisible();

  await changes.show('conflict1.txt');
  await changes.conflict(0).getByRole('button', { name: 'Take the session’s' }).click();
  await shell.app.inBothThemes('review-conflict');
  await changes.diff().getByRole('button', { name: 'Use this result' }).click();
  await changes.show('conflict2.txt');
  await changes.conflict(0).getByRole('button', { name: 'Both' }).click();
  await changes.diff().getByRole('button', { name: 'Use this result' }).click();
  await expect(changes.row('conflict2.txt')).toContainText('Solved');

  await changes.panel.getByRole('button', { name: 'Accept the rest' }).click();
  await expect(changes.panel.getByRole('button', { name: 'Merge 39 accepted' })).toBeEnabled();
  await changes.panel.getByRole('button', { name: 'Dry run' }).click();
  await expect(changes.panel.locator('.merge-details')).toContainText('Would be merged 39');
  await shell.app.inBothThemes('review-dry-run');
  await expectUntouched(workspace);
  await changes.mergeAccepted();
  await shell.approvals.allowIfAsked(changes.outcome());
  await expect(changes.outcome()).toContainText('Merged');
  await shell.app.inBothThemes('review-merged');
  await expectMerged(workspace);

  await changes.outcome().getByRole('button', { name: 'Undo' }).click();
  await expect(changes.outcome()).toContainText('Restored');
  await expectUntouched(workspace);
  await expect(changes.panel.getByRole('button', { name: 'Merge 39 accepted' })).toBeEnabled();
  await changes.mergeAccepted();
  await shell.approvals.allowIfAsked(changes.outcome());
  await expect(changes.outcome()).toContainText('Merged');
  await expectMerged(workspace);
});

test('forty changes of every kind are reviewed and merged by keyboard alone', async ({ shell, workspace }) => {
  await change(shell, workspace);
  const { changes, page } = shell;
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await changes.panelByKeyboard();
  await expect(changes.panel).toContainText('40 changes');
  await press('?');
  await expect(page.getByRole('dialog')).toContainText('Next file');
  await shell.app.inBothThemes('review-keys');
  await press('Escape');
  await shell.dialogClosed();

  await changes.findByKeyboard('src/mod1.ts');
  await expect(changes.place()).toHaveText('Hunk 1 of 3');
  await press('a', 'x', 'a');
  await expect(changes.verdict('src/mod1.ts')).toHaveAttribute('data-verdict', 'hunks');

  await changes.findByKeyboard('src/mod2.ts');
  await press('f');
  await expect(changes.diff().locator('.cm-collapsedLines')).toHaveCount(0);
  await changes.editByKeyboard();
  await press('Control+Home');
  await page.keyboard.type('// looked at\n');
  await press('Escape');
  await expect(changes.verdict('src/mod2.ts')).toHaveAttribute('data-verdict', 'edited');
  await press('f');

  await changes.findByKeyboard('src/mod3.ts');
  await expect(changes.place()).toHaveText('Hunk 1 of 3');
  await press('n');
  await expect(changes.place()).toHaveText('Hunk 2 of 3');
  await changes.commentByKeyboard('Why two thousand?');
  await press('Shift+S');
  await expect(page.getByRole('dialog')).toBeVisible();
  await press('Tab', 'Enter');
  await shell.dialogClosed();

  await changes.findByKeyboard('src/mod4.ts');
  await press('Shift+X');
  await expect(changes.verdict('src/mod4.ts')).toHaveAttribute('data-verdict', 'rejected');

  await changes.findByKeyboard('conflict1.txt');
  await press('2', 'Shift+A');
  await expect(changes.row('conflict1.txt')).toContainText('Solved');
  await changes.findByKeyboard('conflict2.txt');
  await press('3', 'Shift+A');
  await expect(changes.row('conflict2.txt')).toContainText('Solved');

  await press('/');
  await press('Control+A', 'Delete', 'Enter', 'r');
  await expect(changes.panel.getByRole('button', { name: 'Merge 39 accepted' })).toBeEnabled();
  await press('m');
  await expect(changes.panel.locator('.merge-details')).toContainText('Would be merged 39');
  await press('Enter');
  await shell.approvals.allowIfAsked(changes.outcome());
  await expect(changes.outcome()).toContainText('Merged');
  await expectMerged(workspace);

  await press('Shift+Z');
  await expect(changes.outcome()).toContainText('Restored');
  await expectUntouched(workspace);
  await expect(changes.panel.getByRole('button', { name: 'Merge 39 accepted' })).toBeEnabled();
  await press('m', 'Enter');
  await shell.approvals.allowIfAsked(changes.outcome());
  await expect(changes.outcome()).toContainText('Merged');
  await expectMerged(workspace);
});
