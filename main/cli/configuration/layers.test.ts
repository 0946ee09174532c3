import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commands } from '../commands.ts';
import { findCommand, parseLine, splitAtDoubleDash } from '../line.ts';
import { runLine } from '../testing/run-line.ts';
import { withLayers } from './layers.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-layers-'));
  mkdirSync(join(folder, '.cavern'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function project(text: string): void {
  writeFileSync(join(folder, '.cavern/config.yaml'), text);
}

function values(line: string, env: Record<string, string> = {}) {
  const command = findCommand(commands, line.split(' '));
  if (!command) throw new Error(line);
  const parsed = parseLine(command, splitAtDoubleDash(line.replace('DIR', folder).split(' ')));
  return { ...withLayers(command, parsed, { env, commands }).values };
}

test('an argument goes before the environment, and that before the project', () => {
  project('timeout: 3000\nkeep: true\n');
  expect(values('run DIR -- x')).toEqual({ timeout: '3000', keep: true });
  expect(values('run DIR -- x', { CAVERN_TIMEOUT: '2000', CAVERN_KEEP: '0' })).toEqual({
    timeout: '2000',
    keep: false,
  });
  expect(values('run DIR --timeout 1000 -- x', { CAVERN_TIMEOUT: '2000' })).toEqual({ timeout: '1000', keep: true });
  expect(values('run DIR -- x', { CAVERN_PROFILE: 'agent' })).toMatchObject({ profile: 'agent' });
  expect(values('session list', { CAVERN_TIMEOUT: '2000' })).toEqual({});
});

test.each([
  ['profile: open', 'it is a matter of security'],
  ['allowUnsignedPlugins: true', 'There is no such option.'],
  ['yes: true', 'it is a matter of security'],
  ['timeout: soon', 'It is no value for --timeout.'],
  ['keep: [1]', 'It is no value for --keep.'],
  ['- a', 'it cannot be read as YAML'],
  ['a: &a [*a]', 'Cannot use'],
  [`a: ${'x'.repeat(70_000)}`, 'it cannot be read as YAML'],
])('a project that says %.30s is refused in three lines, before anything runs', async (text, why) => {
  project(text);
  const { exitCode, stderr } = await runLine(['run', folder, '--', 'x']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(why);
  expect(stderr.trimEnd().split('\n')).toHaveLength(3);
});

test('a variable that is no value is refused in three lines', async () => {
  const { exitCode, stderr } = await runLine(['run', folder, '--', 'x'], {}, { env: { CAVERN_TIMEOUT: 'soon' } });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('"soon" is no value for --timeout.');
});

test('config list says of every value where it is from', async () => {
  const app = {
    settings: async () =>
      ({
        settings: { theme: 'dark', tasksAtOnce: 3 },
        problem: null,
        sources: { theme: 'user', tasksAtOnce: 'environment' },
      }) as never,
  };
  const env = { CAVERN_TIMEOUT: '2000' };
  const { stdout } = await runLine(['config', 'list', '--json'], { app }, { env });
  expect(JSON.parse(stdout)).toEqual({
    theme: 'dark',
    tasksAtOnce: 3,
    sources: { theme: 'user', tasksAtOnce: 'environment' },
    options: { timeout: { value: '2000', source: 'environment' } },
  });
  const text = (await runLine(['config', 'list'], { app }, { env })).stdout;
  expect(text).toContain('theme = "dark"  (user)\n');
  expect(text).toContain('--timeout = "2000"  (environment)\n');
  const one = await runLine(['config', 'get', 'theme', '--json'], { app });
  expect(JSON.parse(one.stdout)).toEqual({ key: 'theme', value: 'dark', source: 'user' });
});
