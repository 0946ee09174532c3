import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, checkout } from './folders.mjs';

/** @typedef {{ folder: string, executable: string, version: string }} ElectronDistribution */

/** The oldest Electron the code runs on, and the one that a package registry carries. */
export const registryElectronVersion = '33.2.1';

/** Where the registry's distribution is kept. */
export function registryElectronFolder() {
  return join(cacheFolder(), 'electron', `${registryElectronVersion}-${process.platform}-${process.arch}`);
}

/**
 * The Electron to use: the operator's own, the npm package's, then the registry's; undefined when none is here yet.
 * @returns {ElectronDistribution | undefined}
 */
export function electronDistribution() {
  const { ELECTRON_OVERRIDE_DIST_PATH: chosen } = process.env;
  if (chosen) return distributionIn(chosen);
  return distributionIn(join(checkout, 'node_modules', 'electron', 'dist')) ?? distributionIn(registryElectronFolder());
}

/**
 * @param {string} folder
 * @returns {ElectronDistribution | undefined}
 */
export function distributionIn(folder) {
  const executable = join(folder, executableName());
  const versionFile = join(folder, 'version');
  if (!existsSync(executable) || !existsSync(versionFile)) return undefined;
  return { folder, executable, version: readFileSync(versionFile, 'utf8').trim().replace(/^v/, '') };
}

function executableName() {
  if (process.platform === 'darwin') return join('Electron.app', 'Contents', 'MacOS', 'Electron');
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}
