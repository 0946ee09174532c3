import { app } from 'electron';
import { commandLineOf } from './command-line.ts';

/**
 * The installed program is its own command line. Electron waits for its first module before it opens anything, so that a command runs
 * here to its end without a window system, and the modules of the window, which come after this one, are never reached.
 */
if (app.isPackaged && commandLineOf(process.argv.slice(1)) !== undefined) {
  // Where nothing is left that the command could wait for, Electron would go on to the window.
  app.once('ready', () => process.exit(1));
  await import(new URL('../cli/index.js', import.meta.url).href);
  // Without a number Electron's is 0.
  process.exit(Number(process.exitCode ?? 0));
}
