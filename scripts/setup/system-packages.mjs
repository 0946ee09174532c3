import { existsSync } from 'node:fs';
import { findProgram, run } from './command.mjs';
import { rootCommand } from './root-command.mjs';
import { SetupError } from './setup-error.mjs';

/** Where Debian and Ubuntu put the libraries of each architecture. */
const libraryFolders = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/**
 * What a package is known by when it is there: a program, a library, or another file. Names are those of Debian 12; later ones append `t64`.
 * @type {Record<string, { program: string } | { library: string } | { file: string }>}
 */
const evidence = {
  'libgtk-3-0': { library: 'libgtk-3.so.0' },
  libnss3: { library: 'libnss3.so' },
  libasound2: { library: 'libasound.so.2' },
  libgbm1: { library: 'libgbm.so.1' },
  libnotify4: { library: 'libnotify.so.4' },
  xvfb: { program: 'Xvfb' },
  xauth: { program: 'xauth' },
  'fiu-utils': { program: 'fiu-ctrl' },
  zsh: { program: 'zsh' },
  fish: { program: 'fish' },
  mandoc: { program: 'mandoc' },
  'python3-cryptography': { file: '/usr/lib/python3/dist-packages/cryptography' },
  'python3-pytest': { file: '/usr/lib/python3/dist-packages/pytest' },
  'python3-pytest-cov': { file: '/usr/lib/python3/dist-packages/pytest_cov' },
  'golang-go': { program: 'go' },
  cargo: { program: 'cargo' },
  'docker.io': { program: 'dockerd' },
  podman: { program: 'podman' },
  debootstrap: { program: 'debootstrap' },
  'debian-archive-keyring': { file: '/usr/share/keyrings/debian-archive-keyring.gpg' },
  python3: { program: 'python3' },
  make: { program: 'make' },
  'g++': { program: 'g++' },
};

/** What the window needs; without the last one it shows no notices. */
export const windowPackages = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libnotify4'];

/** What the tests need: a screen, and what the example of a verifier imports. */
export const testPackages = ['xvfb', 'xauth', 'python3-cryptography'];

/** What lets single system calls fail, for the tests of the storage. */
export const faultPackages = ['fiu-utils'];

/** Shells and the reader of manuals that what the command line prints is held against. */
export const shellPackages = ['zsh', 'fish', 'mandoc'];

/** Languages whose tests the plugin `test` runs, for its own tests; Node is here anyway. */
export const languagePackages = ['python3-pytest', 'python3-pytest-cov', 'golang-go', 'cargo'];

/**
 * The step that brings a list of packages.
 * @param {string} name
 * @param {readonly string[]} packages
 * @returns {import('./steps.mjs').Step}
 */
export function packagesStep(name, packages) {
  return {
    name,
    done: () => missingPackages(packages).length === 0,
    run: (progress) => ensurePackages(packages, progress),
  };
}

/**
 * The packages whose file is not on this machine. Elsewhere than on Linux nothing is missing: Electron brings all it needs.
 * @param {readonly string[]} packages
 */
export function missingPackages(packages) {
  if (process.platform !== 'linux') return [];
  return packages.filter((name) => !isThere(name));
}

/** @param {string} name */
function isThere(name) {
  const known = evidence[name];
  if (known === undefined) return false;
  if ('file' in known) return existsSync(known.file);
  if ('program' in known) return findProgram(known.program) !== undefined;
  const triplet = process.arch === 'arm64' ? libraryFolders.arm64 : libraryFolders.x64;
  return [`/usr/lib/${triplet}`, `/lib/${triplet}`, '/usr/lib64', '/usr/lib'].some((folder) =>
    existsSync(`${folder}/${known.library}`),
  );
}

/** apt lets one in at a time and turns the next away. */
let turn = Promise.resolve();

/**
 * Installs what is missing, where this process has the right to; after what was asked for before.
 * @param {readonly string[]} packages
 * @param {(text: string) => void} progress
 * @throws {SetupError} with the command to run, otherwise
 */
export function ensurePackages(packages, progress) {
  const installed = turn.then(() => installMissing(packages, progress));
  turn = installed.catch(() => undefined);
  return installed;
}

/**
 * @param {readonly string[]} packages
 * @param {(text: string) => void} progress
 */
async function installMissing(packages, progress) {
  const missing = missingPackages(packages);
  if (missing.length === 0) return;
  if (findProgram('apt-get') === undefined) throw cannotInstall(missing, 'this system has no apt-get', '');
  const asRoot = rootCommand();
  const names = await availableNames(missing);
  if (asRoot === undefined) {
    throw cannotInstall(missing, 'this user is not root and sudo asks for a password', names.join(' '));
  }
  progress(`installing ${names.join(' ')}`);
  try {
    await aptInstall(asRoot, names);
  } catch {
    progress('refreshing the list of packages');
    await run(...asRoot('apt-get', ['update', '-q']));
    await aptInstall(asRoot, await availableNames(missing));
  }
  const still = missingPackages(packages);
  if (still.length > 0)
    throw cannotInstall(still, 'they were installed, and their files are not where they belong', '');
}

/**
 * @param {import('./root-command.mjs').AsRoot} asRoot
 * @param {readonly string[]} names
 */
async function aptInstall(asRoot, names) {
  const quiet = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '-q', '--no-install-recommends'];
  await run(...asRoot('env', [...quiet, ...names]));
}

/**
 * Debian 13 and Ubuntu 24.04 renamed libraries with a 64-bit time to `…t64`.
 * @param {readonly string[]} packages
 */
async function availableNames(packages) {
  const renamed = packages.filter((name) => name.startsWith('lib')).map((name) => `${name}t64`);
  if (renamed.length === 0) return [...packages];
  const known = await run('apt-cache', ['pkgnames', 'lib']).then(
    (list) => new Set(list.split('\n')),
    () => new Set(),
  );
  return packages.map((name) => (known.has(`${name}t64`) ? `${name}t64` : name));
}

/**
 * @param {readonly string[]} missing
 * @param {string} why
 * @param {string} names what apt-get calls them; empty when it is of no use
 */
function cannotInstall(missing, why, names) {
  return new SetupError({
    what: `Cannot go on: missing on this system: ${missing.join(', ')}`,
    why,
    remedy:
      names === ''
        ? 'Install what your system calls them, and run the same command again.'
        : `Run:  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}`,
  });
}
