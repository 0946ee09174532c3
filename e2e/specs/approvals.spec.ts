import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../pages/shell.ts';
import { expect, test } from '../fixtures/test.ts';
import { commitAll } from '../fixtures/workspace.ts';

/** The default policy asks before each commit. */
async function askToCommit(shell: Shell, message: string): Promise<void> {
  await shell.openPanel('tools');
  await shell.tools.choose('git.commit');
  await shell.tools.field('Message').fill(message);
  await shell.tools.field('All').check();
  await shell.tools.run();
}

async function openChangedRepository(shell: Shell, workspace: string): Promise<void> {
  await commitAll(workspace);
  await appendFile(join(workspace, 'README.md'), 'More.\n');
  await shell.openFolder(workspace);
}

test('a call that is allowed once is asked about the next time', async ({ shell, workspace }) => {
  await openChangedRepository(shell, workspace);
  await askToCommit(shell, 'once');
  await expect(shell.approvals.toast).toContainText('A commit carries your name');
  await expect(shell.status('approvals')).toContainText('1 approval');
  await shell.app.screenshot('approval');
  await shell.approvals.answer('Allow once');
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', /done|failed/);
  await expect(shell.approvals.toast).toHaveCount(0);
  await askToCommit(shell, 'again');
  await expect(shell.approvals.toast).toBeVisible();
  await shell.approvals.answer('Deny');
});

test('an answer for the session stands until it is revoked', async ({ shell, workspace }) => {
  await openChangedRepository(shell, workspace);
  await askToCommit(shell, 'first');
  await shell.approvals.answer('Allow for session');
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', /done|failed/);
  await askToCommit(shell, 'second');
  await expect(shell.tools.panel.locator('.run')).toHaveCount(2);
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', /done|failed/);
  await shell.openPanel('approvals');
  await shell.approvals.show('Standing answers');
  await expect(shell.approvals.grants()).toHaveCount(1);
  await expect(shell.approvals.grants()).toContainText('used once');
  await shell.app.screenshot('approvals-grants');
  await shell.approvals.grants().getByRole('button', { name: 'Revoke' }).click();
  await expect(shell.approvals.grants()).toHaveCount(0);
});

test('a denial ends the call and says so', async ({ shell, workspace }) => {
  await openChangedRepository(shell, workspace);
  await askToCommit(shell, 'never');
  await shell.approvals.answer('Deny');
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'denied');
});

test('questions are answered from the keyboard', async ({ shell, workspace }) => {
  await openChangedRepository(shell, workspace);
  await askToCommit(shell, 'by keyboard');
  await shell.approvals.toast.getByRole('button', { name: 'Show all' }).click();
  await expect(shell.approvals.card()).toContainText('A commit carries your name');
  await shell.approvals.questions().first().focus();
  await inBothThemes(shell, 'approvals-waiting');
  await shell.page.keyboard.press('d');
  await expect(shell.approvals.questions()).toHaveCount(0);
  await shell.openPanel('tools');
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'denied');
});

test('an answer until a time is given by keyboard, listed with its end, and revoked', async ({ shell, workspace }) => {
  await openChangedRepository(shell, workspace);
  await askToCommit(shell, 'for a while');
  await shell.approvals.toast.getByRole('button', { name: 'Show all' }).click();
  await shell.approvals.questions().first().focus();
  await shell.page.keyboard.press('u');
  await expect(shell.approvals.panel.getByLabel(/without asking/)).toBeFocused();
  await shell.page.keyboard.press('Tab');
  await shell.page.keyboard.press('Enter');
  await expect(shell.approvals.questions()).toHaveCount(0);
  await shell.approvals.show('Standing answers');
  await expect(shell.approvals.grants()).toContainText(/until \d\d:\d\d/);
  await inBothThemes(shell, 'approvals-standing');
  await shell.approvals.grants().getByRole('button', { name: 'Revoke' }).click();
  await expect(shell.approvals.grants()).toHaveCount(0);
});

test('a question that comes while the window is hidden is told to the desktop, without its content', async ({
  shell,
  workspace,
}) => {
  await openChangedRepository(shell, workspace);
  await shell.app.electron.evaluate(({ BrowserWindow, Notification }) => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    Notification.prototype.show = function show(this: { title: string; body: string }): void {
      told.push(`${this.title} | ${this.body}`);
    };
    BrowserWindow.getAllWindows()[0]?.hide();
  });
  // Nobody can click in a window that is hidden: the call goes past the page's own code.
  const { sessions } = (await shell.app.call('session.list', {})) as { sessions: { id: string }[] };
  const input = { session: sessions[0]?.id, name: 'git.commit', input: { message: 'for nobody’s eyes', all: true } };
  await shell.app.sendRaw({ id: 'e2e-hidden', type: 'request', method: 'tool.call', params: { input } });
  const told = (): Promise<unknown> => shell.app.electron.evaluate(() => Reflect.get(globalThis, 'told'));
  await expect.poll(told).toEqual(['A question waits for you | git.commit: A commit carries your name and address']);
});

async function inBothThemes(shell: Shell, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await shell.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await shell.app.screenshot(`${name}-${theme}`);
  }
}
