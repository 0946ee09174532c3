import { performance } from 'node:perf_hooks';
import { argv, exit, stderr } from 'node:process';
import { pathToFileURL } from 'node:url';
import { buildPart, staleParts } from './build/part.mjs';
import { allParts } from './build/parts.mjs';

/**
 * Builds what is stale, and says what it built.
 * @param {{ parts?: readonly import('./build/part.mjs').Part[], progress: (text: string) => void }} options
 * @returns {Promise<number>} how many parts were built
 */
export async function build({ parts = allParts(), progress }) {
  const stale = staleParts(parts);
  for (const part of stale) {
    const startedMs = performance.now();
    await buildPart(part);
    progress(`${part.name} ${Math.round(performance.now() - startedMs)} ms`);
  }
  return stale.length;
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  try {
    const built = await build({ progress: (text) => stderr.write(`built ${text}\n`) });
    if (built === 0) stderr.write('everything is up to date\n');
  } catch (error) {
    stderr.write(`Cannot build: ${error instanceof Error ? error.message : String(error)}\n`);
    exit(1);
  }
}
