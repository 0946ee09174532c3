import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { executablePath } from '../fixtures/cavern-app.ts';
import { expect, test } from '../fixtures/test.ts';

const LIMIT_MS = 60_000;
const launcher = join(dirname(executablePath), 'bin', 'cavern');

test('the installed program is its own command line, without a screen and without Node', async ({
  home,
  scratch,
  workspace,
}) => {
  // As from a folder of the PATH.
  const cavern = join(scratch, 'cavern');
  await symlink(launcher, cavern);
  const { DISPLAY: _screen, WAYLAND_DISPLAY: _compositor, NODE_OPTIONS: _options, ...rest } = env;
  const run = (program: string, ...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(program, args, {
      cwd: workspace,
      env: { ...rest, PATH: '/usr/bin:/bin', CAVERN_HOME: home },
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
  const ran = run(cavern, 'run', '.', '--', 'sh', '-c', 'echo hello --type=zygote; exit 7');
  expect([ran.status, ran.stdout]).toEqual([7, 'hello --type=zygote\n']);
  // One of Chromium's switches, had it not been told that none is meant for it.
  const log = run(cavern, 'audit', 'log', '--type=sandbox_started', '--json');
  expect([log.status, JSON.parse(log.stdout).records.length]).toEqual([0, 1]);
  expect(run(cavern, 'no-such-command').status).toBe(2);
  expect(run(executablePath, '--no-sandbox', 'session', 'list', '--json').stdout).toContain('"sessions":[{');
});
