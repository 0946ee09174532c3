import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { appWithAskingPlugin } from '../fixtures/asking-plugin.ts';
import { CavernApp } from '../fixtures/cavern-app.ts';
import { expect, test } from '../fixtures/test.ts';
import { Shell } from '../pages/shell.ts';

const DEFAULT_POLICY = resolve(import.meta.dirname, '../../profiles/policy.yaml');

/** The document that comes along with more rules at its end, as the operator's own. */
async function writePolicy(home: string, rules: string): Promise<void> {
  await writeFile(join(home, 'policy.yaml'), `${await readFile(DEFAULT_POLICY, 'utf8')}\n${rules}`);
}

async function writeDocs(shell: Shell, path: string): Promise<void> {
  await shell.openPanel('tools');
  await shell.tools.choose('fs.write');
  await shell.tools.field('Path').fill(path);
  await shell.tools.field('Content').fill('words\n');
  await shell.tools.run();
}

test('an answer for the paths of a pattern stands for them and for no others', async ({ start, home, workspace }) => {
  await writePolicy(
    home,
    '  - { name: look-at-docs, match: { syscall: fs.write }, action: require_review, reason: Somebody reads this }\n',
  );
  const shell = await start();
  await shell.openFolder(workspace);
  await writeDocs(shell, 'docs/one.md');
  await shell.approvals.toast.getByRole('button', { name: 'Show all' }).click();
  await shell.approvals.questions().first().focus();
  await shell.page.keyboard.press('p');
  const pattern = shell.approvals.panel.getByLabel(/on paths that match/);
  await expect(pattern).toHaveValue('docs/**');
  await expect(pattern).toBeFocused();
  await shell.app.inBothThemes('approvals-pattern');
  await shell.page.keyboard.press('Enter');
  await expect(shell.approvals.questions()).toHaveCount(0);
  await shell.approvals.show('Standing answers');
  await expect(shell.approvals.grants()).toContainText('docs/**');
  await writeDocs(shell, 'docs/deep/two.md');
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  await writeDocs(shell, 'src/three.md');
  await expect(shell.approvals.toast).toContainText('Somebody reads this');
  await shell.approvals.answer('Deny');
});

test('an answer reaches who waits for it at once', async ({ start, home, workspace }) => {
  await writePolicy(home, '  - { name: look, match: { syscall: fs.stat }, action: require_review }\n');
  const shell = await start();
  await shell.openFolder(workspace);
  const { sessions } = (await shell.app.call('session.list', {})) as { sessions: { id: string }[] };
  const tookMs: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const input = { session: sessions[0]?.id, name: 'fs.stat', input: { path: 'README.md' } };
    tookMs.push(await shell.page.evaluate(answerTime, input));
  }
  const median = tookMs.toSorted((a, b) => a - b)[2] ?? 0;
  console.info(`an answer reached its caller after ${median.toFixed(1)} ms (median of 5)`);
  // The promise is 200 ms; the rest is for a machine that does much else.
  expect(median).toBeLessThan(2000);
});

/** In the page: asks for a call that the policy asks about, denies it, and gives the milliseconds until the caller knows. */
async function answerTime(input: unknown): Promise<number> {
  const ask = async (method: string, params: unknown): Promise<unknown> =>
    (await window.askKernel?.(method, params))?.result;
  const told = ask('tool.call', input);
  let waiting: string | undefined;
  while (waiting === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    waiting = ((await ask('approval.list', {})) as { approvals: { id: string }[] }).approvals[0]?.id;
  }
  const startedAt = performance.now();
  void ask('approval.decide', { approval: waiting, answer: 'deny' });
  await told;
  return performance.now() - startedAt;
}

test('a change that breaks many calls needs its phrase to be typed', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  await shell.tools.choose('search.grep');
  await shell.tools.field('Pattern').fill('Hello');
  for (let call = 1; call <= 6; call += 1) {
    await shell.tools.run();
    await expect(shell.tools.panel.locator('.run[data-state="done"]')).toHaveCount(call);
  }
  await shell.policy.open();
  await shell.policy.append('\n  - { name: no-more, match: { syscall: search.grep }, action: deny }\n');
  await shell.policy.review();
  const save = shell.policy.preview.getByRole('button', { name: 'Save and put in force' });
  const phrase = await shell.policy.preview.locator('.policy-phrase code').innerText();
  expect(phrase).toMatch(/^deny \d+ calls$/);
  await expect(save).toBeDisabled();
  await expect(shell.policy.preview.locator('.policy-diff .cm-line', { hasText: 'no-more' })).toBeVisible();
  await shell.policy.preview.getByRole('textbox').last().fill('deny');
  await expect(save).toBeDisabled();
  await shell.policy.preview.getByRole('textbox').last().fill(phrase);
  await shell.app.inBothThemes('policy-phrase');
  await shell.policy.save();
  await expect(shell.notice()).toContainText('The policy is in force');
});

test('a word of the document is explained under the pointer', async ({ shell }) => {
  await shell.policy.open();
  await shell.policy.editor.getByText('combining').first().hover();
  const help = shell.page.locator('.cm-tooltip-hover');
  await expect(help).toContainText('How the verdicts of several rules become one decision');
  await shell.app.inBothThemes('policy-hover');
});

test('the document of a workspace tightens, and is shown beside yours', async ({ shell, workspace }) => {
  await mkdir(join(workspace, '.cavern'));
  const own =
    'version: 1\nrules:\n  - { name: quiet, match: { syscall: search.grep }, action: deny, reason: Not in this folder }\n';
  await writeFile(join(workspace, '.cavern/policy.yaml'), own);
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  await shell.tools.choose('search.grep');
  await shell.tools.field('Pattern').fill('Hello');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'denied');
  await expect(shell.tools.lastRun()).toContainText('Not in this folder');
  await shell.policy.open();
  await shell.policy.panel.getByRole('button', { name: 'sample', exact: true }).click();
  await expect(shell.policy.editor).toContainText('quiet');
  await shell.app.inBothThemes('policy-workspace');
});

test('a plugin’s capability token is listed with what it is bound to, and revoked', async ({
  scratch,
  home,
  workspace,
}) => {
  await writePolicy(home, '  - { name: asker, match: { syscall: asker.go }, action: allow }\n');
  const program = await appWithAskingPlugin(scratch);
  const app = await CavernApp.launch(home, { program });
  const shell = new Shell(app);
  try {
    await shell.openFolder(workspace);
    await shell.openPanel('tools');
    await shell.tools.choose('asker.go');
    await shell.tools.run();
    await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
    await shell.openPanel('approvals');
    await shell.approvals.show('Tokens');
    await expect(shell.approvals.grants()).toContainText('fs.read');
    await expect(shell.approvals.grants()).toContainText('README.md');
    await expect(shell.approvals.grants()).toContainText('255 of 256');
    await app.inBothThemes('approvals-tokens');
    await shell.approvals.grants().getByRole('button', { name: 'Revoke' }).click();
    await expect(shell.approvals.grants()).toHaveCount(0);
    expect(dirname(program)).toBe(join(scratch, 'app'));
  } finally {
    await app.removeSessions();
    await app.close();
  }
});
