import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { executablePath } from '../fixtures/cavern-app.ts';
import { EngineGate } from '../fixtures/engine-gate.ts';
import { expect, test } from '../fixtures/test.ts';

test('without an engine the start page says so, why, and how to get one; a session says the same', async ({
  start,
  scratch,
  workspace,
}) => {
  const shell = await start({ DOCKER_HOST: `unix://${join(scratch, 'nobody.sock')}` });
  const failed = shell.page.locator('.check[data-ok="false"]').first();
  await expect(failed).toContainText('nobody.sock');
  await expect(failed.locator('.remedy')).toBeVisible();
  await expect(shell.status('engine')).toHaveAttribute('data-tone', 'bad');
  await shell.enterFolder(workspace);
  await expect(shell.failure()).toHaveAttribute('data-code', 'engine_unavailable');
  await expect(shell.failure()).toContainText('nobody.sock');
  await expect(shell.failure().locator('.remedy')).toBeVisible();
  await shell.app.screenshot('no-engine');
});

test('an engine that comes later is found by itself, by the start page too', async ({ start, scratch }) => {
  const socket = join(scratch, 'late.sock');
  const shell = await start({ DOCKER_HOST: `unix://${socket}` });
  await expect(shell.page.locator('.check[data-ok="false"]')).toHaveCount(1);
  await using _gate = await EngineGate.open(socket);
  await expect(shell.page.locator('.check[data-ok="false"]')).toHaveCount(0, { timeout: 30_000 });
  await expect(shell.status('engine')).toHaveAttribute('data-tone', 'good');
});

test('a home that cannot be used is said with what to do, and nothing waits for ever', async ({ scratch }) => {
  const file = join(scratch, 'file');
  await writeFile(file, '');
  const started = spawn(executablePath, ['--home', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(started, 'exit');
  let said = '';
  started.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await expect.poll(() => said).toContain(`Where ${file} or a folder in it should be is a file.`);
  expect(said).toContain('--home');
  expect(said).not.toContain('    at ');
  started.kill();
  await ended;
});

test('a kernel that cannot start says why, once, and starts when it is tried again', async ({ start, home }) => {
  const lock = join(home, 'run', 'lock');
  await mkdir(lock, { recursive: true });
  const shell = await start();
  await expect(shell.failure()).toHaveCount(1);
  await expect(shell.failure()).toHaveAttribute('data-code', 'kernel_failed');
  await expect(shell.failure().locator('.remedy')).toContainText(join(home, 'logs', 'kernel.log'));
  expect(await readFile(join(home, 'logs', 'kernel.log'), 'utf8')).toContain('the kernel did not start');
  await shell.app.screenshot('no-kernel');
  await rmdir(lock);
  await shell.page.getByRole('button', { name: 'Try again' }).click();
  await shell.app.interactive();
  await expect(shell.status('policy')).toHaveAttribute('data-tone', 'good');
  await expect(shell.failure()).toHaveCount(0);
});

test('an engine that goes away and comes back leaves the session and its terminal at work', async ({
  start,
  scratch,
  workspace,
}) => {
  await using gate = await EngineGate.open(join(scratch, 'engine.sock'));
  const shell = await start({ DOCKER_HOST: gate.host });
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await gate.close();
  await expect(shell.status('sandbox')).not.toHaveAttribute('data-tone', 'good', { timeout: 30_000 });
  await expect(shell.status('engine')).toHaveText('Engine gone');
  await expect(shell.failure()).toHaveAttribute('data-code', 'engine_unavailable');
  await expect(shell.failure().locator('.remedy')).toBeVisible();
  await shell.app.screenshot('engine-gone');
  await terminal.run('echo still""working');
  await terminal.shows('stillworking');

  await gate.open();
  await expect(shell.status('sandbox')).toHaveAttribute('data-tone', 'good', { timeout: 60_000 });
  await expect(shell.failure()).toHaveCount(0);
  await terminal.run('echo and""on');
  await terminal.shows('andon');
  await shell.chooseSessionAction('sample', 'Stop');
  await expect(shell.sessionRow('sample')).toHaveAttribute('data-state', 'stopped');
});

test('an app that was killed finds its terminal again, with everything that it printed', async ({
  start,
  workspace,
}) => {
  const before = await start();
  await before.openFolder(workspace);
  const terminal = await before.terminal();
  await terminal.run('seq -f "line %g" 1 400; (sleep 4; echo printed-mean""while) &');
  await terminal.shows('line 400');
  before.app.kill();

  const after = await start();
  await expect(after.sessionRow('sample')).toHaveAttribute('data-state', 'running', { timeout: 30_000 });
  await after.selectSession('sample');
  const again = await after.terminal();
  await again.shows('printed-meanwhile');
  await again.run('echo go""ing-on');
  await again.shows('going-on');
  await again.pane.hover();
  const seen = new Set<string>();
  await expect
    .poll(
      async () => {
        for (const line of (await again.text()).split('\n')) if (/^line \d+$/.test(line)) seen.add(line);
        await after.page.mouse.wheel(0, -200);
        return seen.size;
      },
      { timeout: 60_000, intervals: [50] },
    )
    .toBe(400);
});
