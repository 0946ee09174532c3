import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { distributionIn } from './electron-distribution.mjs';
import { cacheFolder, checkout } from './folders.mjs';

/**
 * How to start Electron on this checkout. The ordinary distribution takes the folder as an argument; one without `default_app.asar`
 * only starts what lies in its resources, so it gets a copy (of hard links) with a link to the checkout.
 * @param {import('./electron-distribution.mjs').ElectronDistribution} electron
 * @returns {{ program: string, args: string[] }}
 */
export function developmentApp(electron) {
  const resources =
    process.platform === 'darwin'
      ? join(electron.folder, 'Electron.app', 'Contents', 'Resources')
      : join(electron.folder, 'resources');
  if (existsSync(join(resources, 'default_app.asar'))) return { program: electron.executable, args: [checkout] };
  const key = createHash('sha256').update(checkout).digest('hex').slice(0, 12);
  const copy = join(cacheFolder(), 'development', `${key}-${electron.version}`);
  const present = distributionIn(copy);
  if (present !== undefined && linkOf(join(copy, 'resources', 'app')) === checkout)
    return { program: present.executable, args: [] };
  return { program: makeCopy(electron, copy), args: [] };
}

/**
 * @param {import('./electron-distribution.mjs').ElectronDistribution} electron
 * @param {string} copy
 */
function makeCopy(electron, copy) {
  mkdirSync(dirname(copy), { recursive: true });
  const draft = mkdtempSync(join(dirname(copy), 'new-'));
  linkTree(electron.folder, draft);
  symlinkSync(checkout, join(draft, 'resources', 'app'));
  rmSync(copy, { recursive: true, force: true });
  renameSync(draft, copy);
  return join(copy, basename(electron.executable));
}

/**
 * Copies a folder as hard links where one file system holds both, as files where not.
 * @param {string} from
 * @param {string} to
 */
function linkTree(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (!tryLink(source, target)) cpSync(source, target, { verbatimSymlinks: true });
  }
}

/**
 * @param {string} source
 * @param {string} target
 */
function tryLink(source, target) {
  try {
    linkSync(source, target);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} path */
function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
