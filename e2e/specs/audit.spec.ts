import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { leastPauses, type Pauses } from '../fixtures/frame-watch.ts';
import { plantChain, tamperRecord } from '../fixtures/planted-home.ts';
import { writeFigures } from '../fixtures/results.ts';
import { expect, test } from '../fixtures/test.ts';
import { commitAll } from '../fixtures/workspace.ts';

const LONG_CHAIN = env.CAVERN_LONG === '1' ? 1_000_000 : 100_000;
// What a person notices, where the machine is ours; in every test run, what a list would take that draws or reads all of it.
const PAUSE_LIMIT_MS = env.CAVERN_LONG === '1' ? 100 : 500;

test('the audit list grows while the person works, and verifies', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.terminal();
  await shell.openPanel('audit');
  await expect(shell.audit.ofType('session_created')).toHaveCount(1);
  const before = await shell.audit.newest();
  await shell.page.getByRole('button', { name: 'New terminal' }).click();
  await expect.poll(() => shell.audit.newest()).toBeGreaterThan(before);
  await shell.audit.verify();
  await expect(shell.audit.chain()).toContainText('The chain is intact');
  await expect(shell.status('audit')).toContainText('verified');
  await shell.audit.rows().first().click();
  await expect(shell.audit.details()).toContainText('Previous hash');
  await shell.screenshotBoth('audit');
});

test('records are filtered by their type and by text, and the filters outlive the app', async ({
  shell,
  start,
  workspace,
}) => {
  await shell.openFolder(workspace);
  await shell.openPanel('tools');
  await shell.tools.choose('fs.read');
  await shell.tools.field('Path').fill('src/hello.ts');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  await shell.openPanel('audit');
  await shell.audit.filterType('call_decided');
  await shell.audit.search().fill('src/hello.ts');
  await expect.poll(() => shell.audit.count()).toBe(1);
  await expect(shell.audit.rows().first()).toContainText('fs.read');
  const types = await shell.audit.rows().evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.type));
  expect(new Set(types)).toEqual(new Set(['call_decided']));
  await shell.audit.rows().first().click();
  await shell.audit.panel.getByRole('button', { name: 'All records of this act' }).click();
  await expect(shell.audit.rows()).toHaveCount(2);
  await shell.app.close();
  const again = await start();
  await again.status('audit').click();
  await expect(again.audit.rows()).toHaveCount(2);
});

test('whatever acts leads to its records', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  await shell.terminal();
  await shell.openPanel('tools');
  await shell.tools.choose('fs.read');
  await shell.tools.field('Path').fill('src/hello.ts');
  await shell.tools.run();
  await expect(shell.tools.lastRun()).toHaveAttribute('data-state', 'done');
  await shell.page.getByRole('button', { name: 'Records of fs.read in this session' }).click();
  await expect(shell.audit.rows().first()).toContainText('fs.read');
  await shell.page.locator('.terminal-pane').hover();
  await shell.page.getByRole('button', { name: 'Records of this terminal' }).click();
  await expect(shell.audit.search()).not.toHaveValue('');
  await expect(shell.audit.ofType('terminal_opened')).toHaveCount(1);
});

test('an approval, the merges and a session lead to their records', async ({ shell, workspace }) => {
  await commitAll(workspace);
  await appendFile(join(workspace, 'README.md'), 'More.\n');
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run("sed -i 's/Hello/Good day/' src/hello.ts");
  await shell.openPanel('changes');
  await shell.changes.accept('src/hello.ts');
  await shell.changes.mergeAccepted();
  await expect(shell.changes.outcome()).toContainText('Merged');
  await shell.page.getByRole('button', { name: 'Records of the merges of this session' }).click();
  await expect(shell.audit.ofType('merge_finished')).toHaveCount(1);
  await expect(shell.audit.ofType('terminal_opened')).toHaveCount(0);

  await shell.openPanel('tools');
  await shell.tools.choose('git.commit');
  await shell.tools.field('Message').fill('asked');
  await shell.tools.field('All').check();
  await shell.tools.run();
  await shell.openPanel('approvals');
  await shell.page.getByRole('button', { name: 'Records of approvals like this' }).click();
  await expect(shell.audit.ofType('approval_asked')).toHaveCount(1);
  await expect(shell.audit.ofType('merge_finished')).toHaveCount(0);

  await shell.chooseSessionAction('sample', 'Show its records');
  await expect(shell.audit.ofType('merge_finished')).toHaveCount(1);
  await expect(shell.audit.ofType('approval_asked')).toHaveCount(1);
});

test('an empty result says so, and one press brings everything back', async ({ shell }) => {
  await shell.status('audit').click();
  await shell.audit.search().fill('nothing has this text');
  await expect(shell.audit.panel.getByText('No record matches')).toBeVisible();
  await shell.screenshotBoth('audit-nothing');
  await shell.audit.panel.getByRole('button', { name: 'Clear filters' }).first().click();
  await expect(shell.audit.rows().first()).toBeVisible();
});

test(`${LONG_CHAIN.toLocaleString('en-GB')} records scroll and filter without a pause`, async ({ home, start }) => {
  test.setTimeout(480_000);
  const last = await plantChain(home, LONG_CHAIN);
  const shell = await start();
  const { audit, page } = shell;
  await shell.status('audit').click();
  expect(await audit.count()).toBeGreaterThanOrEqual(last);
  // The start's own verification shares the machine with what is measured.
  await expect(shell.status('audit')).toContainText('verified', { timeout: 120_000 });
  const list = audit.panel.locator('.audit-scroll');
  const pausesOf = (work: () => Promise<void>): Promise<Pauses> => leastPauses(page, PAUSE_LIMIT_MS, work);
  const wheel = await pausesOf(async () => {
    await list.hover();
    for (let step = 0; step < 60; step += 1) {
      await page.mouse.wheel(0, 400);
      await page.waitForTimeout(16);
    }
  });
  const drag = await pausesOf(async () => {
    for (let step = 1; step <= 30; step += 1) {
      await audit.dragTo(((step * 37) % 101) / 101);
      await page.waitForTimeout(30);
    }
    expect(isWithoutGap(await audit.inSight())).toBe(true);
  });
  const ends = await pausesOf(async () => {
    await list.focus();
    await page.keyboard.press('End');
    await expect(audit.row(1)).toBeVisible();
    await page.keyboard.press('Home');
    await expect.poll(() => audit.newest()).toBeGreaterThanOrEqual(last);
  });
  await shell.screenshotBoth('audit-long');
  const counts: Record<string, number> = {};
  const filter = await pausesOf(async () => {
    await audit.clearFilters();
    await audit.filterType('call_finished');
    counts.type = await audit.count();
    await audit.panel.getByLabel('Decision').selectOption('deny');
    await expect(audit.panel.getByText('No record matches')).toBeVisible();
    await audit.filterType('');
    counts.denied = await audit.count();
    await audit.dragTo(0.5);
    await audit.inSight();
    await audit.panel.getByRole('button', { name: 'Clear filters' }).click();
    await audit.search().fill('rare-needle');
    await expect.poll(() => audit.count()).toBeLessThan(LONG_CHAIN / 100);
    counts.text = await audit.count();
    await audit.inSight();
  });
  expect(counts).toEqual({ type: LONG_CHAIN / 2, denied: LONG_CHAIN / 100, text: LONG_CHAIN / 20_000 });
  await shell.screenshotBoth('audit-filtered');
  await audit.panel.getByRole('button', { name: 'Clear filters' }).click();
  const timeline = await pausesOf(async () => {
    await audit.view('List');
    await audit.view('Timeline');
    await expect(audit.panel.locator('.timeline-lane').first()).toBeVisible({ timeout: 120_000 });
  });
  const figures = { records: last, wheel, drag, ends, filter, timeline };
  await writeFigures('audit-window', figures);
  const longest = [wheel, drag, ends, filter, timeline].map(({ longestTaskMs }) => longestTaskMs);
  expect(Math.max(...longest), JSON.stringify(figures)).toBeLessThanOrEqual(PAUSE_LIMIT_MS);
});

test('a session is drawn over time, closer on demand, and leads to its records', async ({ home, start }) => {
  await plantChain(home, 30_000);
  const shell = await start();
  const { audit, page } = shell;
  await shell.status('audit').click();
  await audit.rows().nth(8).click();
  await audit.details().getByRole('button', { name: 'This session' }).click();
  const records = await audit.count();
  await audit.view('Timeline');
  const picture = audit.panel.getByRole('img');
  await expect(picture).toHaveAccessibleName(new RegExp(`^${records.toLocaleString('en-GB')} records by kind`));
  await shell.screenshotBoth('audit-timeline');
  await picture.focus();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await page.keyboard.press('ArrowLeft');
  await expect(picture).not.toHaveAccessibleName(new RegExp(`^${records.toLocaleString('en-GB')} `));
  await audit.panel.getByRole('button', { name: 'Show in the list' }).click();
  expect(await audit.count()).toBeLessThan(records);
  await expect(audit.panel.getByLabel('From')).not.toHaveValue('');
});

test('the chain is exported to a folder that the person chooses', async ({ home, start, scratch }) => {
  const last = await plantChain(home, 5000);
  const folder = join(scratch, 'exports');
  await mkdir(folder);
  const shell = await start();
  await shell.app.electron.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, folder);
  await shell.status('audit').click();
  await shell.audit.panel.getByRole('button', { name: 'Export…' }).click();
  await expect(shell.notice()).toContainText('with its signed manifest');
  const file = /to (\S+\.jsonl)/.exec((await shell.notice().textContent()) ?? '')?.[1] ?? '';
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const manifest: unknown = JSON.parse(await readFile(`${file}.manifest.json`, 'utf8'));
  expect(manifest).toMatchObject({ first: 1, last: lines.length });
  expect(lines.length).toBeGreaterThanOrEqual(last);
});

test('a record that was changed behind the program’s back is found, said everywhere, and shown', async ({
  home,
  start,
}) => {
  await plantChain(home, 3000);
  await tamperRecord(home, 1502);
  const shell = await start();
  // Nobody asked: the start verifies the whole chain in the background.
  await expect(shell.status('audit')).toContainText('broken at 1,502');
  await shell.status('audit').click();
  await expect(shell.audit.chain()).toContainText('The chain is broken at record 1,502: its hash does not fit');
  await shell.audit.panel.getByRole('button', { name: 'Show the record' }).click();
  await expect(shell.audit.details()).toContainText('Record 1502');
  await expect(shell.audit.row(1502)).toBeInViewport();
  await shell.screenshotBoth('audit-broken');
});

test('a verification shows how far it is and can be stopped', async ({ home, start }) => {
  await plantChain(home, LONG_CHAIN);
  const shell = await start();
  await shell.status('audit').click();
  await expect(shell.status('audit')).toContainText('verified', { timeout: 120_000 });
  await shell.audit.verify();
  const cancel = shell.audit.panel.getByRole('button', { name: 'Cancel the verification' });
  await expect(cancel).toBeVisible();
  await cancel.click();
  await expect(cancel).toBeHidden();
  await expect(shell.audit.chain()).toContainText('The chain is intact');
  await shell.audit.verify();
  await shell.app.screenshot('audit-verifying');
  await expect(shell.audit.panel.getByRole('button', { name: 'Verify', exact: true })).toBeEnabled({ timeout: 60_000 });
});

function isWithoutGap(seqs: readonly number[]): boolean {
  return seqs.length > 10 && seqs.every((seq, index) => index === 0 || seq === (seqs[index - 1] ?? 0) - 1);
}
