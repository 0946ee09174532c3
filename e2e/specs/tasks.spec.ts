import { env } from 'node:process';
import type { TaskRequest } from '../../schema/contract/task.ts';
import type { SessionId } from '../../schema/entities.ts';
import type { CavernApp } from '../fixtures/cavern-app.ts';
import { pausesDuring } from '../fixtures/frame-watch.ts';
import { writeFigures } from '../fixtures/results.ts';
import { expect, test } from '../fixtures/test.ts';

const MANY = env.CAVERN_LONG === '1' ? 50_000 : 1000;
const BATCH = 5000;

async function onlySession(app: CavernApp): Promise<SessionId> {
  // What a call answers is the contract's.
  const { sessions } = (await app.call('session.list', {})) as { sessions: { id: SessionId }[] };
  const [session] = sessions;
  if (session === undefined) throw new Error('There is no session');
  return session.id;
}

async function submit(app: CavernApp, tasks: readonly TaskRequest[]): Promise<void> {
  await app.call('task.submit', { tasks });
}

test('tasks wait, run and depend on each other in sight, and a person decides what becomes of them', async ({
  shell,
  workspace,
}) => {
  await shell.openFolder(workspace);
  const session = await onlySession(shell.app);
  const wait = 'until [ -e go ]; do sleep 0.2; done';
  await submit(shell.app, [
    { name: 'build', session, command: ['sh', '-c', wait], priority: 3 },
    { name: 'unit-tests', session, command: ['true'], dependencies: ['build'], priority: 3 },
    { name: 'docs', session, command: ['true'], dependencies: ['build'], priority: 4 },
    { name: 'package', session, command: ['true'], dependencies: ['unit-tests', 'docs'], priority: 5 },
    { name: 'unwanted', session, command: ['sh', '-c', wait], priority: 5 },
  ]);
  const { tasks } = shell;
  await tasks.open();
  await expect(tasks.row('build')).toHaveAttribute('data-state', 'running');
  await expect(tasks.row('package')).toHaveAttribute('data-state', 'waiting_dependency');
  await tasks.row('docs').getByLabel('Priority of docs').selectOption('2');
  await expect(tasks.row('docs').getByLabel('Priority of docs')).toHaveValue('2');
  await tasks.row('unwanted').getByRole('button', { name: 'Cancel unwanted' }).click();
  await expect(tasks.row('unwanted')).toHaveAttribute('data-state', 'cancelled');
  await tasks.pick('package');
  await expect(tasks.details()).toContainText('waits for others');
  await shell.screenshotBoth('tasks-queue');
  await tasks.view('Graph');
  await expect(tasks.node('package')).toHaveAttribute('data-state', 'waiting_dependency');
  await tasks.node('build').click();
  await expect(tasks.details()).toContainText('build');
  await shell.screenshotBoth('tasks-graph');
  await submit(shell.app, [{ name: 'go', session, command: ['touch', 'go'], priority: 2 }]);
  await expect(tasks.node('package')).toHaveAttribute('data-state', 'completed');
  await tasks.view('Timeline');
  await expect(tasks.timeline()).toHaveAttribute('data-rows', '6');
  await tasks.picture().focus();
  await shell.page.keyboard.press('ArrowDown');
  await expect(tasks.details()).toBeVisible();
  await shell.screenshotBoth('tasks-timeline');
  await shell.page.keyboard.press('+');
  await expect(tasks.timeline().getByRole('button', { name: 'All', exact: true })).toBeEnabled();
});

test('a schedule is made, run at once and paused in the window', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const { tasks } = shell;
  await tasks.open();
  await tasks.view('Schedules');
  await tasks.panel.getByRole('button', { name: 'New schedule…' }).click();
  const dialog = shell.page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('nightly');
  await dialog.getByLabel('Cron expression').fill('61 2 * * *');
  await dialog.getByLabel('Command').fill('echo tests');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(shell.failure()).toContainText('cron');
  await dialog.getByLabel('Cron expression').fill('30 2 * * 1-5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await shell.dialogClosed();
  await expect(tasks.schedule('nightly')).toContainText('30 2 * * 1-5');
  await tasks.schedule('nightly').locator('.schedule-pick').click();
  await tasks.schedule('nightly').getByRole('button', { name: 'Run now: nightly' }).click();
  await expect(tasks.panel.getByRole('region', { name: 'History' })).toContainText('submitted');
  await shell.screenshotBoth('tasks-schedules');
  await tasks.schedule('nightly').getByRole('button', { name: 'Actions for nightly' }).click();
  await shell.page.getByRole('menuitem', { name: 'Pause' }).click();
  await expect(tasks.schedule('nightly')).toContainText('paused');
});

test(`the timeline of ${MANY} tasks scrolls and zooms`, async ({ shell, workspace }) => {
  test.setTimeout(600_000);
  await shell.openFolder(workspace);
  const session = await onlySession(shell.app);
  await submit(shell.app, [{ name: 'held', session, command: ['sh', '-c', 'until [ -e go ]; do sleep 1; done'] }]);
  const held = (await shell.app.call('task.list', { limit: 1 })) as { tasks: { id: string }[] }; // as above
  const dependencies = [held.tasks[0]?.id ?? ''];
  // With the one that holds them back.
  const others = MANY - 1;
  for (let from = 0; from < others; from += BATCH) {
    const names = Array.from({ length: Math.min(BATCH, others - from) }, (_, index) => `task-${from + index}`);
    await submit(
      shell.app,
      names.map((name) => ({ name, session, command: ['true'], dependencies })),
    );
  }
  const { tasks } = shell;
  await tasks.open();
  await tasks.view('Timeline');
  await expect(tasks.timeline()).toHaveAttribute('data-rows', String(MANY), { timeout: 300_000 });
  const list = tasks.timeline().locator('.task-canvas-scroll');
  const scroll = await pausesDuring(shell.page, async () => {
    await list.hover();
    for (let step = 0; step < 60; step += 1) {
      await shell.page.mouse.wheel(0, 2000);
      await shell.page.waitForTimeout(16);
    }
  });
  const zoom = await pausesDuring(shell.page, async () => {
    await tasks.picture().focus();
    for (const key of ['+', '+', '+', 'ArrowRight', 'ArrowLeft', '-', '0']) {
      await shell.page.keyboard.press(key);
      await shell.page.waitForTimeout(100);
    }
  });
  await expect(tasks.timeline()).toHaveAttribute('data-rows', String(MANY));
  await shell.screenshotBoth('tasks-timeline-long');
  await writeFigures('tasks-timeline', { tasks: MANY, scroll, zoom });
  await shell.app.call('task.cancel', { task: dependencies[0] });
});
