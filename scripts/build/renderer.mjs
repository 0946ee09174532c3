import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../setup/command.mjs';
import { checkout } from '../setup/folders.mjs';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { replaceFolder } from './copied-files.mjs';
import { outFolder } from './part.mjs';

/**
 * Builds the window's pages with Vite, by vite.config.ts, and a file for each language beside English.
 * @returns {Promise<void>}
 */
export async function buildRenderer() {
  const vite = join(checkout, 'node_modules', 'vite', 'bin', 'vite.js');
  await replaceFolder(join(outFolder, 'renderer'), async (draft) => {
    await run(pinnedNode, [vite, 'build', '--outDir', draft, '--emptyOutDir', '--logLevel', 'warn'], { cwd: checkout });
    await buildLanguages(draft);
  });
}

/**
 * A language is one script that holds all of its texts: a page loads it before its own code, or not at all.
 * @param {string} draft the folder of the pages
 */
async function buildLanguages(draft) {
  const { build } = await import('esbuild');
  const folders = readdirSync(join(checkout, 'renderer', 'languages'), { withFileTypes: true });
  const tags = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  await build({
    absWorkingDir: checkout,
    entryPoints: tags.map((tag) => ({ in: `renderer/languages/${tag}/language.ts`, out: tag })),
    outdir: join(draft, 'languages'),
    bundle: true,
    format: 'iife',
    target: 'chrome130',
    // Sentences with their own letters, not as numbers of them.
    charset: 'utf8',
    minify: true,
    logLevel: 'warning',
  });
}
