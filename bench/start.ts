import { mkdirSync, mkdtempSync, rmSync, writeFileSync, cpSync, existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { type Metrics, timeMetric } from './metric.ts';
import { benchOnScreen, isOffScreen } from './on-screen.ts';
import { idleUse, idleWithSessions } from './start/idle.ts';

const ROUNDS = 15;
/** Longer than the slowest start that anyone would wait for. */
const LAUNCH_TIMEOUT_MS = 30_000;
const SESSIONS = 10;

const repository = resolve(import.meta.dirname, '..');

interface Launched {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly startedAtMs: number;
  /** From the start of the process until the window takes input. */
  readonly interactiveMs: number;
}

/** The moment of a mark that a page sets, since the epoch. */
function markedAtMs(page: Page, mark: string): Promise<number> {
  return page.evaluate(async (name) => {
    for (;;) {
      const [found] = performance.getEntriesByName(name);
      if (found) return performance.timeOrigin + found.startTime;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }, mark);
}

/** The plainest window that Electron can show, with the same security settings. */
const BLANK_MAIN = `
const { app, BrowserWindow } = require('electron');
app.enableSandbox();
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true, contextIsolation: true } });
  window.loadFile(require('node:path').join(__dirname, 'index.html'));
});
app.on('window-all-closed', () => app.quit());
`;
const BLANK_PAGE = `<!doctype html><title>blank</title><body>blank<script src="mark.js"></script>`;
const BLANK_MARK = `requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('cavern:interactive')));`;

/** The packaged app and, beside it, the same Electron with the blank app. */
async function executables(scratch: string): Promise<{ cavern: string; blank: string }> {
  const packaged = process.env['CAVERN_APP'] ?? join(repository, 'dist', 'linux-unpacked', 'cavern');
  if (!existsSync(packaged)) {
    throw new Error('Cannot measure the start: the packaged app is missing. Run: npm run dist -- --test');
  }
  const folder = join(scratch, 'electron');
  cpSync(dirname(realpathSync(packaged)), folder, {
    recursive: true,
    filter: (source) => !/[\\/]resources[\\/]app/.test(source),
  });
  const app = join(folder, 'resources', 'app');
  mkdirSync(app, { recursive: true });
  writeFileSync(join(app, 'package.json'), '{"name":"blank","version":"1.0.0","main":"main.js"}');
  writeFileSync(join(app, 'main.js'), BLANK_MAIN);
  writeFileSync(join(app, 'index.html'), BLANK_PAGE);
  writeFileSync(join(app, 'mark.js'), BLANK_MARK);
  const blank = join(folder, 'cavern');
  // The package loads nothing but its own archive; the blank app is a folder.
  await flipFuses(blank, {
    version: FuseVersion.V1,
    [FuseV1Options.OnlyLoadAppFromAsar]: false,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: false,
  });
  return { cavern: packaged, blank };
}

async function launch(executablePath: string, args: readonly string[]): Promise<Launched> {
  const startedAtMs = Date.now();
  const app = await _electron.launch({
    executablePath,
    args: [...args],
    chromiumSandbox: true,
    timeout: LAUNCH_TIMEOUT_MS,
  });
  const page = await app.firstWindow();
  return { app, page, startedAtMs, interactiveMs: (await markedAtMs(page, 'cavern:interactive')) - startedAtMs };
}

function pidOf(app: ElectronApplication): number {
  const { pid } = app.process();
  if (pid === undefined) throw new Error('Electron has no process id');
  return pid;
}

/** Launch to interactive, idle CPU and idle memory, alone and with ten sessions, each beside a blank window of the same Electron in the same run. */
export async function startBench(): Promise<Metrics> {
  if (isOffScreen()) return benchOnScreen('start');
  const scratch = mkdtempSync(join(tmpdir(), 'cavern-bench-start-'));
  try {
    const { cavern, blank } = await executables(scratch);
    const cavernMs: number[] = [];
    const blankMs: number[] = [];
    const readyMs: number[] = [];
    let cavernIdle = { cpuPercent: 0, memoryBytes: 0 };
    let blankIdle = { cpuPercent: 0, memoryBytes: 0 };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const plain = await launch(blank, [`--user-data-dir=${join(scratch, 'blank')}`]);
      if (round === ROUNDS) blankIdle = await idleUse(pidOf(plain.app));
      await plain.app.close();
      const ours = await launch(cavern, ['--home', join(scratch, 'home')]);
      const readyAtMs = await markedAtMs(ours.page, 'cavern:ready');
      if (round === ROUNDS) cavernIdle = await idleUse(pidOf(ours.app));
      await ours.app.close();
      // The first round fills the caches of both.
      if (round > 0) {
        blankMs.push(plain.interactiveMs);
        cavernMs.push(ours.interactiveMs);
        readyMs.push(readyAtMs - ours.startedAtMs);
      }
    }
    const withSessions = await idleWithSessions(scratch, SESSIONS);
    const blankMiB = [blankIdle.memoryBytes / 2 ** 20];
    return {
      interactive: timeMetric(cavernMs, 'ms', blankMs),
      // The kernel runs and the window lists the sessions; what was asked for before waited for this.
      kernel_ready: timeMetric(readyMs, 'ms', blankMs),
      idle_cpu: timeMetric([cavernIdle.cpuPercent], '%'),
      idle_memory: timeMetric([cavernIdle.memoryBytes / 2 ** 20], 'MiB', blankMiB),
      sessions_idle_cpu: { ...timeMetric([withSessions.cpuPercent], '%'), peers: { sessions: SESSIONS } },
      sessions_idle_memory: timeMetric([withSessions.memoryBytes / 2 ** 20], 'MiB', blankMiB),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
