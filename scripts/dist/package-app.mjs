import { join } from 'node:path';
import configuration from '../../electron-builder.config.mjs';
import { electronDistribution } from '../setup/electron-distribution.mjs';
import { checkout, withScratch } from '../setup/folders.mjs';
import { stageAuthorKit } from './author-kit.mjs';
import { stageApp } from './stage.mjs';

/**
 * What `--all` makes besides the folder; each downloads its own tools.
 * @type {{ linux: string[], mac: import('electron-builder').MacOsTargetName[], win: string[] }}
 */
const installers = { linux: ['dir', 'AppImage', 'deb'], mac: ['dir', 'dmg'], win: ['dir', 'nsis'] };

/**
 * Packages what was built into dist/.
 * @param {{ inspectable: boolean, targets: 'dir' | 'all', progress: (text: string) => void }} options `inspectable` lets a debugger attach, which the end-to-end tests need and a release never has
 * @returns {Promise<string>} the folder with the app
 */
export async function packageApp({ inspectable, targets, progress }) {
  const electron = electronDistribution();
  if (electron === undefined) throw new Error('Cannot package the app: Electron is not installed');
  const { build } = await import('electron-builder');
  await withScratch(async (scratch) => {
    const stage = join(scratch, 'app');
    progress('staging');
    stageApp({ folder: stage, electronVersion: electron.version });
    await stageAuthorKit({ folder: join(stage, 'authoring'), scratch });
    progress(`packaging with Electron ${electron.version}`);
    await build({
      projectDir: stage,
      publish: 'never',
      config: {
        ...configuration,
        electronDist: electron.folder,
        electronVersion: electron.version,
        directories: { output: join(checkout, 'dist'), buildResources: join(checkout, 'profiles') },
        electronFuses: { ...configuration.electronFuses, enableNodeCliInspectArguments: inspectable },
        ...(targets === 'all' ? withInstallers() : {}),
      },
    });
  });
  return packagedFolder();
}

function withInstallers() {
  return {
    linux: { ...configuration.linux, target: installers.linux },
    mac: { ...configuration.mac, target: installers.mac },
    win: { ...configuration.win, target: installers.win },
  };
}

/** Where electron-builder puts the unpacked app of this platform. */
export function packagedFolder() {
  const names = { linux: 'linux-unpacked', darwin: process.arch === 'arm64' ? 'mac-arm64' : 'mac', win32: 'win-unpacked' };
  const name = Object.entries(names).find(([platform]) => platform === process.platform)?.[1] ?? 'linux-unpacked';
  return join(checkout, 'dist', name);
}
