import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout these scripts belong to. */
export const checkout = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/**
 * The folder for what is too large for the checkout or shared by several: Electron, rebuilt native modules, logs of an engine we started.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function cacheFolder(env = process.env) {
  if (env.CAVERN_CACHE) return resolve(env.CAVERN_CACHE);
  if (env.XDG_CACHE_HOME) return join(resolve(env.XDG_CACHE_HOME), 'cavern');
  return join(homedir(), '.cache', 'cavern');
}

/**
 * Runs `work` with a new folder beside the cache's content, so that a rename out of it stays on one file system; the rest of it is gone afterwards.
 * @template T
 * @param {(folder: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withScratch(work) {
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder(), 'work-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await work(folder);
  } finally {
    process.off('exit', remove);
    remove();
  }
}
