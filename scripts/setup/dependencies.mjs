import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, run } from './command.mjs';
import { checkout } from './folders.mjs';
import { pinnedNode } from './pinned-node.mjs';

/** The digest of the lock file that node_modules was installed from; npm ci removes it with everything else. */
const stampFile = join(checkout, 'node_modules', '.cavern-lock');

/** No package's own install script downloads a browser or an Electron behind our back. */
const noDownloads = { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1', ELECTRON_SKIP_BINARY_DOWNLOAD: '1' };

/** @type {import('./steps.mjs').Step} */
export const dependenciesStep = {
  name: 'npm dependencies',
  done: () => existsSync(pinnedNode) && readStamp() === lockDigest(),
  detail: () => `and Node ${pinnedVersion()}`,
  run: installDependencies,
};

/**
 * Installs exactly what package-lock.json says. No install script runs but that of `node`, which puts the pinned Node in its place.
 * @param {(text: string) => void} progress
 */
async function installDependencies(progress) {
  if (existsSync(pinnedNode) && installedMatchesLock()) return writeFileSync(stampFile, lockDigest());
  await installPackages(progress);
  progress(`the pinned Node ${pinnedVersion()}`);
  await run('npm', ['rebuild', 'node', '--ignore-scripts=false'], { cwd: checkout, env: noDownloads });
  writeFileSync(stampFile, lockDigest());
}

/**
 * Installs by `npm ci`. It refuses a lock file that lacks the packages of other platforms, which is what npm writes where a registry does not
 * carry them; then `npm install` takes what the lock file has, with the same versions and digests, and leaves the file as it is.
 * @param {(text: string) => void} progress
 */
async function installPackages(progress) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: checkout, env: noDownloads };
  try {
    await run('npm', ['ci', ...quiet], options);
  } catch (error) {
    if (!(error instanceof CommandError) || !error.output.includes('EUSAGE')) throw error;
    progress('the lock file does not list every platform; npm install by what it lists');
    await run('npm', ['install', '--no-save', ...quiet], options);
  }
}

/**
 * Whether the packages in node_modules are those of the lock file, for a node_modules that `npm install` made: npm keeps a lock of its own there.
 * Packages for other platforms are in the lock file only.
 */
function installedMatchesLock() {
  const installed = readPackages(join(checkout, 'node_modules', '.package-lock.json'));
  const wanted = readPackages(join(checkout, 'package-lock.json'));
  if (installed === undefined || wanted === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const found = installed[path];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, optional?: boolean, link?: boolean }> | undefined}
 */
function readPackages(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function lockDigest() {
  return createHash('sha256')
    .update(readFileSync(join(checkout, 'package-lock.json')))
    .digest('hex');
}

function readStamp() {
  try {
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined;
  }
}

function pinnedVersion() {
  return JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).devDependencies.node;
}
