import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runLine } from '../../testing/run-line.ts';

let XDG_CONFIG_HOME: string;
beforeEach(() => {
  XDG_CONFIG_HOME = mkdtempSync(join(tmpdir(), 'cavern-service-'));
});
afterEach(() => rmSync(XDG_CONFIG_HOME, { recursive: true, force: true }));

const cavern = (...argv: string[]) => runLine(argv, {}, { env: { XDG_CONFIG_HOME }, program: ['/usr/bin/cavern'] });

test('the unit that is printed is the one that is installed, for the home and port of the line', async () => {
  const line = ['--port', '0', '--home', '/srv/cavern'];
  const { stdout } = await cavern('service', 'unit', ...line);
  expect(stdout).toContain(
    'ExecStart="/usr/bin/cavern" "serve" "--log" "journal" "--port" "0" "--home" "/srv/cavern"\n',
  );
  const { exitCode } = await cavern('service', 'install', '--no-start', ...line);
  const file = join(XDG_CONFIG_HOME, 'systemd/user/cavern.service');
  expect({ exitCode, installed: readFileSync(file, 'utf8') }).toEqual({ exitCode: 0, installed: stdout });
  const status = JSON.parse((await cavern('service', 'status', '--json')).stdout) as object;
  expect(status).toMatchObject({ file, installed: true });
  expect((await cavern('service', 'uninstall')).stdout).toBe(`removed ${file}\n`);
  expect(existsSync(file)).toBe(false);
  expect((await cavern('service', 'uninstall', '--json')).stdout).toBe('{"removed":null}\n');
});

test('a unit for a port that is none, or a token without a port, is refused', async () => {
  for (const line of [
    ['--port', '70000'],
    ['--token-file', 'x'],
    ['--port', 'http'],
  ]) {
    expect((await cavern('service', 'unit', ...line)).exitCode).toBe(2);
  }
});
