import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../setup/folders.mjs';
import { readStamp, stateOf, writeWhole } from './stamp.mjs';

/**
 * One piece of out/, built again only when something it is made from has changed.
 * @typedef {object} Part
 * @property {string} name
 * @property {string} entry relative to the checkout; a part whose entry does not exist is left out
 * @property {readonly string[]} sources files and folders, relative to the checkout
 * @property {string} output relative to out/; the part is stale when it is gone
 * @property {() => Promise<void>} build
 */

/** Where everything that is built goes. */
export const outFolder = join(checkout, 'out');

/** A change of the build itself or of a dependency makes every part stale. */
const everyPartFrom = ['scripts/build', 'scripts/build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** @param {Part} part */
function stampFile(part) {
  return join(outFolder, '.stamps', part.name.replaceAll('/', '+'));
}

/** @param {Part} part */
function stateOfSources(part) {
  return stateOf([...everyPartFrom, ...part.sources].map((path) => join(checkout, path)));
}

/**
 * The parts that exist and are not up to date.
 * @param {readonly Part[]} parts
 */
export function staleParts(parts) {
  return parts.filter((part) => {
    if (!existsSync(join(checkout, part.entry))) return false;
    return !existsSync(join(outFolder, part.output)) || readStamp(stampFile(part)) !== stateOfSources(part);
  });
}

/**
 * Builds a part. The state is taken before, so that a source saved meanwhile makes the part stale again.
 * @param {Part} part
 */
export async function buildPart(part) {
  const state = stateOfSources(part);
  await part.build();
  writeWhole(stampFile(part), state);
}
