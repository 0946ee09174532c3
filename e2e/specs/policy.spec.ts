import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../pages/shell.ts';
import { expect, test } from '../fixtures/test.ts';
import { commitAll } from '../fixtures/workspace.ts';

const ruleAgainst = (syscall: string): string => `
  - name: no-more
    match: { syscall: ${syscall} }
    action: deny
    reason: That is over for today
`;

async function inBothThemes(shell: Shell, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await shell.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await shell.page.waitForTimeout(150);
    await shell.app.screenshot(`${name}-${theme}`);
  }
}

async function grep(shell: Shell): Promise<void> {
  await shell.openPanel('tools');
  await shell.tools.choose('search.grep');
  await shell.tools.field('Pattern').fill('Hello');
  await shell.tools.run();
}

/** The default document ends in a comment after its rules; a rule written there belongs to them. */
async function writeRule(shell: Shell, syscall = 'search.grep'): Promise<void> {
  await shell.policy.open();
  await shell.policy.append(ruleAgainst(syscall));
  await expect(shell.policy.rule('no-more')).toContainText('deny');
}

test('a rule that is written, previewed and saved is in force at once', async ({ shell, workspace, home }) => {
  await shell.openFolder(workspace);
  await grep(shell);
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  await writeRule(shell);
  await inBothThemes(shell, 'policy-edited');
  await shell.policy.review();
  await expect(shell.policy.preview).toContainText('BREAKING');
  await expect(shell.policy.preview).toContainText('search.grep');
  await expect(shell.policy.preview.locator('.policy-diff .cm-line', { hasText: 'no-more' })).toBeVisible();
  await inBothThemes(shell, 'policy-preview');
  await shell.policy.save();
  await expect(shell.notice()).toContainText('The policy is in force');
  expect(await readFile(join(home, 'policy.yaml'), 'utf8')).toContain('no-more');
  await shell.selectSession('sample');
  await grep(shell);
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'denied');
  await expect(shell.tools.lastRun()).toContainText('That is over for today');
});

test('a running tool is stopped by the rule that is saved meanwhile', async ({ shell, workspace }) => {
  const slow =
    "import test from 'node:test';\ntest('waits', () => new Promise((done) => setTimeout(done, 100_000)));\n";
  await writeFile(join(workspace, 'test/slow.test.mjs'), slow);
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  await shell.tools.choose('test.run');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'running');
  await writeRule(shell, 'test.run');
  await shell.policy.review();
  await shell.policy.save();
  await shell.selectSession('sample');
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'denied');
  await expect(shell.tools.lastRun()).toContainText('the policy changed');
  await inBothThemes(shell, 'policy-stopped');
});

test('an earlier document is compared with the one now, and restored', async ({ shell }) => {
  await writeRule(shell);
  await shell.policy.review();
  await shell.policy.save();
  await shell.policy.side('History');
  await shell.policy.panel.locator('.version-row').last().click();
  await expect(
    shell.policy.panel.locator('.version-diff .cm-deletedChunk, .version-diff .cm-changedLine'),
  ).not.toHaveCount(0);
  await inBothThemes(shell, 'policy-history');
  await shell.policy.panel.getByRole('button', { name: 'Restore…' }).click();
  await shell.policy.save();
  await shell.policy.side('In words');
  await expect(shell.policy.rule('no-more')).toHaveCount(0);
});

test('a call is tried, and every rule that was considered is named', async ({ shell }) => {
  await shell.policy.open();
  await shell.policy.side('Try a call');
  await shell.policy.tryCall({ syscall: 'git.commit' });
  await expect(shell.policy.answer()).toHaveAttribute('data-decision', 'require_review');
  await expect(shell.policy.answer()).toContainText('commit-in-your-name');
  await inBothThemes(shell, 'policy-trial');
  await shell.policy.tryCall({ syscall: 'network.connect' });
  await expect(shell.policy.answer()).toHaveAttribute('data-decision', 'deny');
});

test('the editor completes, explains and marks what is wrong', async ({ shell }) => {
  await shell.policy.open();
  await shell.policy.append('\n  - name: half\n    action: ');
  await shell.page.keyboard.press('Control+Space');
  const offers = shell.page.locator('.cm-tooltip-autocomplete li');
  await expect(offers.first()).toBeVisible();
  await expect(offers).toHaveCount(5);
  await shell.page.keyboard.type('den');
  await expect(offers).toHaveCount(1);
  await shell.page.keyboard.press('Enter');
  await expect(shell.policy.editor).toContainText('action: deny');
  await expect(shell.policy.problems().first()).toContainText(/match/);
  await expect(shell.policy.editor.locator('.cm-lintRange-error')).not.toHaveCount(0);
  await inBothThemes(shell, 'policy-problem');
  await expect(shell.policy.panel.getByRole('button', { name: 'Review and save…' })).toBeDisabled();
});

test('a file that breaks leaves the last valid document in force, and says so', async ({ shell, home }) => {
  await writeFile(join(home, 'policy.yaml'), 'version: 1\nrules: [\n');
  await expect(shell.status('policy')).toContainText('last valid in force');
  await shell.policy.open();
  await expect(shell.policy.panel.getByRole('alert')).toContainText('The last valid document stays in force');
  await expect(shell.policy.problems().first()).toBeVisible();
  await inBothThemes(shell, 'policy-broken');
});

test('on a large screen the policy uses the room', async ({ shell }) => {
  await shell.app.resize({ width: 2560, height: 1440 });
  await shell.policy.open();
  await inBothThemes(shell, 'policy-2560');
});

test('a session that records is let through, and its rules are taken up one by one', async ({ shell, workspace }) => {
  await commitAll(workspace);
  await appendFile(join(workspace, 'README.md'), 'More.\n');
  await shell.openFolder(workspace);
  await shell.policy.open();
  await shell.policy.side('Learn');
  await shell.policy.panel.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(shell.status('recording')).toContainText('sample');
  await shell.selectSession('sample');
  await shell.openPanel('tools');
  await shell.tools.choose('git.commit');
  await shell.tools.field('Message').fill('recorded');
  await shell.tools.field('All').check();
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  await shell.status('recording').click();
  await shell.policy.side('Learn');
  const proposal = shell.policy.panel.locator('.proposal');
  await expect(proposal).toContainText('git.commit');
  await inBothThemes(shell, 'policy-learn');
  await shell.policy.panel.getByRole('button', { name: 'Stop recording' }).click();
  await expect(shell.status('recording')).toHaveCount(0);
  await proposal.getByRole('button', { name: 'Add to the draft' }).click();
  await expect(shell.policy.panel).toContainText('Edited, not in force');
  await shell.policy.side('In words');
  await expect(shell.policy.rule('recorded-git-commit')).toHaveCount(1);
});
