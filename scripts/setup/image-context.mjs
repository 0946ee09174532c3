import { chmodSync, cpSync, linkSync, mkdirSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './folders.mjs';
import { npmPackage, recipeFolder } from './image-recipe.mjs';
import { fetchPackage } from './registry-package.mjs';
import { run } from './command.mjs';

/**
 * Lays out what both ways of making the image start from: the recipe's files and `local/`, which becomes /usr/local inside.
 * @param {{ folder: string, nodeVersion: string }} options `folder` is empty or absent
 * @returns {Promise<string>} the context's folder
 */
export async function layImageContext({ folder, nodeVersion }) {
  const context = join(folder, 'context');
  const local = join(context, 'local');
  mkdirSync(join(local, 'bin'), { recursive: true });
  mkdirSync(join(local, 'lib', 'node_modules'), { recursive: true });
  cpSync(recipeFolder, context, { recursive: true });
  await putNode({ target: join(local, 'bin', 'node'), scratch: join(folder, 'node'), version: nodeVersion });
  const npm = await fetchPackage(npmPackage, join(folder, 'npm'));
  cpSync(npm, join(local, 'lib', 'node_modules', 'npm'), { recursive: true });
  return context;
}

/**
 * On Linux the checkout's own Node is the image's; elsewhere the engine runs Linux in a virtual machine of the same architecture.
 * @param {{ target: string, scratch: string, version: string }} options
 */
async function putNode({ target, scratch, version }) {
  if (process.platform === 'linux') {
    copyFileSync(join(checkout, 'node_modules', 'node', 'bin', 'node'), target);
  } else {
    mkdirSync(scratch, { recursive: true });
    await run('npm', ['install', '--prefix', scratch, '--no-save', '--force', `node-linux-${process.arch}@${version}`]);
    linkSync(join(scratch, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node'), target);
  }
  chmodSync(target, 0o755);
}
