import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { serviceManager } from '../../platform/service/testing/service-manager.ts';
import { runLine } from '../testing/run-line.ts';

const CLI = join(import.meta.dirname, '../../../out/cli/index.js');
/** Only against hanging. */
const LIMIT = { timeout: 60_000, interval: 50 };

/** The words of a command line of a unit (systemd.service(5)), each quoted as ours are. */
function wordsOf(commandLine: string): string[] {
  return [...commandLine.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) =>
    word.replaceAll(/\\(.)/g, '$1').replaceAll('%%', '%').replaceAll('$$', '$'),
  );
}

test('what the unit starts tells systemd when it serves and when it ends, and ends with what it was asked to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cavern service %h '));
  const notifySocket = join(folder, 'notify');
  try {
    using systemd = serviceManager(notifySocket);
    const home = join(folder, 'home');
    const line = ['service', 'unit', '--port', '0', '--home', home];
    const { stdout: unit } = await runLine(line, {}, { program: [process.execPath, CLI] });
    const [program = '', ...args] = wordsOf(/^ExecStart=(.*)$/m.exec(unit)?.[1] ?? '');
    const env = { ...process.env, NOTIFY_SOCKET: notifySocket };
    const service = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(service, 'exit');
    const [first] = (await once(createInterface({ input: service.stdout }), 'line')) as [string];
    const { url, pid } = JSON.parse(first) as { url: string; pid: number }; // what `serve` prints is in its specification
    expect(pid).toBe(service.pid);
    // It is there when systemd is told so.
    expect((await vi.waitUntil(() => systemd.received(), LIMIT)).split('\n')).toEqual([
      'READY=1',
      `STATUS=serving ${url}`,
    ]);
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ checks: { database: true, audit: true } });
    service.kill('SIGTERM');
    expect(await vi.waitUntil(() => systemd.received(), LIMIT)).toBe('STOPPING=1');
    expect(await exited).toEqual([0, null]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
