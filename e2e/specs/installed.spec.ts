import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { env, execPath } from 'node:process';
import { executablePath } from '../fixtures/cavern-app.ts';
import { expect, test } from '../fixtures/test.ts';

const LIMIT_MS = 60_000;
const launcher = join(dirname(executablePath), 'bin', 'cavern');
const POLICY = resolve(import.meta.dirname, '../../profiles/policy.yaml');
const ALLOWING = '\n  - name: words\n    match: { syscall: words.count }\n    action: allow\n';

interface Place {
  readonly cwd: string;
  readonly home: string;
}

/** Where there is neither a screen nor Node. */
function run({ cwd, home }: Place, program: string, ...args: string[]): SpawnSyncReturns<string> {
  const { DISPLAY: _screen, WAYLAND_DISPLAY: _compositor, NODE_OPTIONS: _options, ...rest } = env;
  const surroundings = { ...rest, PATH: '/usr/bin:/bin', CAVERN_HOME: home };
  return spawnSync(program, args, { cwd, env: surroundings, encoding: 'utf8', timeout: LIMIT_MS });
}

test('the installed program is its own command line, without a screen and without Node', async ({
  home,
  scratch,
  workspace,
}) => {
  // As from a folder of the PATH.
  const cavern = join(scratch, 'cavern');
  await symlink(launcher, cavern);
  const place = { cwd: workspace, home };
  const ran = run(place, cavern, 'run', '.', '--', 'sh', '-c', 'echo hello --type=zygote; exit 7');
  expect([ran.status, ran.stdout]).toEqual([7, 'hello --type=zygote\n']);
  // One of Chromium's switches, had it not been told that none is meant for it.
  const log = run(place, cavern, 'audit', 'log', '--type=sandbox_started', '--json');
  expect([log.status, JSON.parse(log.stdout).records.length]).toEqual([0, 1]);
  expect(run(place, cavern, 'no-such-command').status).toBe(2);
  expect(run(place, executablePath, '--no-sandbox', 'session', 'list', '--json').stdout).toContain('"sessions":[{');
});

test('a tool is written, tested, packed, signed, installed and called with nothing but the installed program', async ({
  home,
  scratch,
  workspace,
}) => {
  const place = { cwd: scratch, home };
  const cavern = (...args: string[]): string => {
    const { status, stdout, stderr } = run(place, launcher, ...args);
    expect(stderr).not.toContain('error:');
    expect(status).toBe(0);
    return stdout;
  };
  await writeFile(join(home, 'policy.yaml'), `${await readFile(POLICY, 'utf8')}${ALLOWING}`);
  expect(cavern('plugin', 'new', 'words', '--publisher', 'Acme tools')).toContain('src/count.ts');
  const tested = spawnSync(execPath, ['--test', 'words/src/*.test.ts'], { cwd: scratch, encoding: 'utf8' });
  expect([tested.status, tested.stdout]).toEqual([0, expect.stringContaining('pass 1')]);
  cavern('plugin', 'pack', 'words');
  expect(cavern('plugin', 'check', 'words-0.1.0.tgz')).toBe('words: ok\n');
  const signed = cavern('plugin', 'sign', 'words-0.1.0.tgz', '--key', 'acme.pem', '--new-key');
  cavern('plugin', 'trust', 'Acme tools', /MCow\S+/.exec(signed)?.[0] ?? '');
  cavern('plugin', 'install', 'words-0.1.0.tgz', '--yes');
  cavern('run', workspace, '--keep', '--', 'true');
  const session: string = JSON.parse(cavern('session', 'list', '--json')).sessions[0].id;
  const called = cavern('tool', 'call', 'words.count', '{"path":"README.md"}', '--session', session);
  expect(JSON.parse(called)).toEqual({ words: expect.any(Number) });
  cavern('session', 'rm', session);
  cavern('plugin', 'remove', 'words');

  await writeFile(join(scratch, 'words/src/count.ts'), 'export const count = ;\n');
  expect(run(place, launcher, 'plugin', 'pack', 'words').stderr).toContain('src/count.ts:1:22: Unexpected ";"');
});
