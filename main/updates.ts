import { app } from 'electron';
import { autoUpdater } from 'electron-updater';
import type { UpdateSettings } from '../schema/contract/app.ts';
import { systemClock } from './base/clock.ts';
import type { Logger } from './base/logger.ts';
import type { UpdateSource } from './hosts/electron/updates/look-for-updates.ts';
import { signedFeedOptions } from './hosts/electron/updates/signed-provider.ts';

/** electron-updater on a feed of the settings. It does nothing by itself: no check, no download, no installing at the end. */
export function updateSource({ address, publisherKey }: UpdateSettings, logger: Logger): UpdateSource {
  autoUpdater.autoDownload = false;
  autoUpdater.autoInstallOnAppQuit = false;
  autoUpdater.autoRunAppAfterInstall = false;
  autoUpdater.allowDowngrade = false;
  // The whole file is held against its digest.
  autoUpdater.disableDifferentialDownload = true;
  autoUpdater.logger = {
    info: (message) => logger.info('updates', { message }),
    warn: (message) => logger.warn('updates', { message }),
    error: (message) => logger.error('updates', { message }),
  };
  autoUpdater.setFeedURL(signedFeedOptions({ address, publisherKey, now: () => systemClock.now() }));
  return {
    async check() {
      const result = await autoUpdater.checkForUpdates();
      if (result === null) return 'none';
      return { version: result.updateInfo.version, state: result.isUpdateAvailable ? 'newer' : 'same' };
    },
    download: async () => void (await autoUpdater.downloadUpdate()),
    install() {
      // The new one starts when this one has left its home; both at once would be one too many.
      const image = process.env['APPIMAGE'];
      app.relaunch(image === undefined ? {} : { execPath: image });
      autoUpdater.quitAndInstall();
    },
  };
}
