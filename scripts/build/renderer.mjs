import { join } from 'node:path';
import { run } from '../setup/command.mjs';
import { checkout } from '../setup/folders.mjs';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { replaceFolder } from './copied-files.mjs';
import { outFolder } from './part.mjs';

/**
 * Builds the window's pages with Vite, by vite.config.ts.
 * @returns {Promise<void>}
 */
export async function buildRenderer() {
  const vite = join(checkout, 'node_modules', 'vite', 'bin', 'vite.js');
  await replaceFolder(join(outFolder, 'renderer'), async (draft) => {
    await run(pinnedNode, [vite, 'build', '--outDir', draft, '--emptyOutDir', '--logLevel', 'warn'], { cwd: checkout });
  });
}
