import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../setup/folders.mjs';
import { imageTag } from '../setup/image-recipe.mjs';
import { replaceFolder } from './copied-files.mjs';
import { outFolder } from './part.mjs';

/**
 * Copies the profiles, policies and image recipes, and writes down which image belongs to this build.
 * @returns {Promise<void>}
 */
export async function copyProfiles() {
  await replaceFolder(join(outFolder, 'profiles'), (to) => {
    cpSync(join(checkout, 'profiles'), to, { recursive: true });
    writeFileSync(join(to, 'images.json'), `${JSON.stringify({ workspace: imageTag() }, null, 2)}\n`);
  });
}
