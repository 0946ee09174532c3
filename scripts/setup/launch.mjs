import { join } from 'node:path';
import { isRoot } from './command.mjs';
import { developmentApp } from './development-app.mjs';
import { electronDistribution } from './electron-distribution.mjs';
import { checkout } from './folders.mjs';
import { runInForeground } from './hand-over.mjs';
import { sqliteForElectron } from './native-modules.mjs';
import { pinnedNode } from './pinned-node.mjs';

/** The built command line. */
export const cliEntry = join(checkout, 'out', 'cli', 'index.js');

/**
 * Opens the window from this checkout and waits for its end.
 * @param {readonly string[]} args for the app
 * @returns {Promise<number>} its exit code
 */
export async function openWindow(args) {
  const electron = electronDistribution();
  if (electron === undefined) throw new Error('Cannot open the window: Electron is not installed');
  const app = developmentApp(electron);
  const flags = isRoot() && process.platform === 'linux' ? ['--no-sandbox'] : [];
  if (flags.length > 0) {
    process.stderr.write(
      'Running as root: Chromium has no sandbox of its own for root, so the window runs without it. Use an ordinary user where you can.\n',
    );
  }
  const sqlite = sqliteForElectron(electron.version);
  return runInForeground(
    app.program,
    [...app.args, ...flags, ...args],
    sqlite === undefined ? {} : { CAVERN_SQLITE_BINDING: sqlite },
  );
}

/**
 * Starts the kernel without a window and waits for its end.
 * @param {readonly string[]} args for `cavern serve`
 * @returns {Promise<number>} its exit code
 */
export async function serveKernel(args) {
  process.stderr.write(
    'No display (neither DISPLAY nor WAYLAND_DISPLAY is set): starting the kernel without a window, as `cavern serve` does.\n',
  );
  return runInForeground(pinnedNode, [cliEntry, 'serve', ...args]);
}
