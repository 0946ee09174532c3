import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../setup/folders.mjs';

/**
 * The files below `folder` whose name ends in `ending`, sorted, relative to the checkout. Node 20 has no fs.globSync.
 * @param {string} folder relative to the checkout; it need not exist
 * @param {string} ending
 * @param {number} [depth] how many folders down to look
 * @returns {string[]}
 */
export function sourcesEndingIn(folder, ending, depth = 8) {
  const found = [];
  for (const entry of entriesOf(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile() && entry.name.endsWith(ending)) found.push(path);
    if (entry.isDirectory() && depth > 0 && entry.name !== 'node_modules')
      found.push(...sourcesEndingIn(path, ending, depth - 1));
  }
  return found.sort();
}

/** @param {string} folder */
function entriesOf(folder) {
  try {
    return readdirSync(join(checkout, folder), { withFileTypes: true });
  } catch {
    return [];
  }
}
