import { app, dialog } from 'electron';
import { toFault } from '../schema/fault.ts';
import { type Home, openHome } from './platform/home/home.ts';

/**
 * The window's home. Where it cannot be used a dialog says why, and the program ends with it.
 * @throws what `openHome` throws, so that nothing more of the program is loaded
 */
export function openWindowHome(root: string): Home {
  try {
    return openHome(root);
  } catch (thrown) {
    const { message, why = '', fix = '' } = toFault(thrown);
    process.stderr.write(`${message}\n${why}\n${fix}\n`);
    // In the place of Electron's own dialog, which shows a stack.
    process.on('uncaughtException', () => undefined);
    void app
      .whenReady()
      .then(() => dialog.showMessageBox({ type: 'error', title: 'Cavern', message, detail: `${why}\n\n${fix}` }))
      .finally(() => app.exit(1));
    throw thrown;
  }
}
