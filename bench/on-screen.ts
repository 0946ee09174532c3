import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Metrics } from './metric.ts';

const BENCH_TIMEOUT_MS = 600_000;
const repository = resolve(import.meta.dirname, '..');

/** Chromium's sandbox needs an ordinary user, and a window needs a screen. */
export function isOffScreen(): boolean {
  return process.getuid?.() === 0 || process.env['DISPLAY'] === undefined;
}

/** Runs a bench again, as an ordinary user on a screen of its own. */
export async function benchOnScreen(name: string): Promise<Metrics> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join('scripts', 'test', 'on-screen.mjs'), join('bench', 'run.ts'), name, '--json'],
    { cwd: repository, timeout: BENCH_TIMEOUT_MS },
  );
  // The document of this very bench, printed by run.ts.
  return (JSON.parse(stdout) as { metrics: Metrics }).metrics;
}
