import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppImageUpdater } from 'electron-updater/out/AppImageUpdater.js';
import { ElectronHttpExecutor } from 'electron-updater/out/electronHttpExecutor.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { signedFeedOptions } from './signed-provider.ts';
import { type FeedServer, startFeedServer } from './testing/feed-server.ts';

let folder: string;
let server: FeedServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-updates-'));
  writeFileSync(join(folder, 'now.AppImage'), 'the old one');
  vi.stubEnv('APPIMAGE', join(folder, 'now.AppImage'));
  vi.stubEnv('TEST_UPDATER_ARCH', 'x64');
  server = await startFeedServer();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** electron-updater's own downloads, by Node's requests in the place of Electron's, with the authority of the test. */
class NodeExecutor extends ElectronHttpExecutor {
  override createRequest(options: RequestOptions, callback: (response: unknown) => void) {
    // What it uses of a request is in both.
    return request({ ...options, ca: server.authority }, callback) as unknown as ReturnType<
      ElectronHttpExecutor['createRequest']
    >;
  }
}

/** electron-updater itself, of version 1.0.0, as main/updates.ts sets it up. */
function updater(feed: { address?: string; publisherKey?: string; now?: () => number } = {}): AppImageUpdater {
  const made = new AppImageUpdater(null, {
    version: '1.0.0',
    name: 'cavern',
    isPackaged: true,
    appUpdateConfigPath: join(folder, 'app-update.yml'),
    userDataPath: folder,
    baseCachePath: folder,
    whenReady: async () => undefined,
    relaunch: () => undefined,
    quit: () => undefined,
    onQuit: () => undefined,
  });
  made.logger = null;
  made.autoDownload = false;
  made.disableDifferentialDownload = true;
  writeFileSync(join(folder, 'app-update.yml'), '{ "provider": "custom", "updaterCacheDirName": "cavern" }');
  // Its own is Electron's; the type knows no other.
  Object.assign(made, { httpExecutor: new NodeExecutor() });
  const { address, publisherKey } = server;
  const now = (): number => Date.parse('2026-12-21T00:00:00Z');
  made.setFeedURL(signedFeedOptions({ address, publisherKey, now, ...feed }));
  return made;
}

describe('a feed', () => {
  test('that the publisher signed is offered, and nothing is downloaded before somebody asks', async () => {
    server.publish('1.1.0', Buffer.from('the new one'));
    const found = await updater().checkForUpdates();
    expect([found?.isUpdateAvailable, found?.updateInfo.version]).toEqual([true, '1.1.0']);
    expect(server.asked).toEqual(['/feed/latest-linux.yml', '/feed/latest-linux.yml.sig']);
  });

  test('with an older version is not offered', async () => {
    server.publish('0.9.0', Buffer.from('an older one'));
    expect((await updater().checkForUpdates())?.isUpdateAvailable).toBe(false);
  });

  test('without a signature, with another’s, or changed after it was signed is refused', async () => {
    server.publish('1.1.0', Buffer.from('the new one'));
    server.files.set('/feed/latest-linux.yml.sig', '');
    await expect(updater().checkForUpdates()).rejects.toMatchObject({ why: 'It has no signature.' });
    server.publish('1.1.0', Buffer.from('the new one'), { by: generateKeyPairSync('ed25519').privateKey });
    await expect(updater().checkForUpdates()).rejects.toMatchObject({ why: 'Its signature is not the publisher’s.' });
    server.publish('1.1.0', Buffer.from('the new one'));
    server.files.set(
      '/feed/latest-linux.yml',
      String(server.files.get('/feed/latest-linux.yml')).replace('1.1.0', '9.9.9'),
    );
    await expect(updater().checkForUpdates()).rejects.toMatchObject({ code: 'update_refused' });
    server.files.delete('/feed/latest-linux.yml.sig');
    await expect(updater().checkForUpdates()).rejects.toThrow('404');
  });

  test('that an attacker kept, to withhold a newer version, is refused after its day; so is one that names none', async () => {
    server.publish('1.1.0', Buffer.from('an older one'));
    const now = (): number => Date.parse('2026-12-22T00:00:01Z');
    await expect(updater({ now }).checkForUpdates()).rejects.toMatchObject({
      code: 'update_refused',
      why: 'It was valid until 2026-12-22T00:00:00.000Z: a newer one may be withheld from you.',
    });
    for (const validUntil of [undefined, '', 'for ever']) {
      server.publish('1.1.0', Buffer.from('the new one'), { validUntil });
      await expect(updater().checkForUpdates()).rejects.toMatchObject({
        why: 'It does not say until when it is valid.',
      });
    }
  });

  test('over http, with a password, or for a key of another kind is refused before anything is asked', () => {
    for (const address of ['http://127.0.0.1:1/feed', 'ftp://127.0.0.1/', 'nothing', 'https://me:secret@127.0.0.1/']) {
      expect(() => updater({ address })).toThrow('the feed is refused');
    }
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const keys = ['', 'AAAA', rsa.export({ format: 'der', type: 'spki' }).toString('base64')];
    for (const publisherKey of keys) expect(() => updater({ publisherKey })).toThrow('the feed is refused');
    expect(server.asked).toEqual([]);
  });
});

describe('a download', () => {
  test('is what was signed', async () => {
    server.publish('1.1.0', Buffer.from('the new one'));
    const program = updater();
    await program.checkForUpdates();
    const [file = ''] = await program.downloadUpdate();
    expect(readFileSync(file, 'utf8')).toBe('the new one');
    expect(readFileSync(join(folder, 'now.AppImage'), 'utf8')).toBe('the old one');
  });

  test('of other bytes than those that were signed is refused, and none is left', async () => {
    server.publish('1.1.0', Buffer.from('the new one'));
    server.files.set('/feed/Cavern.AppImage', 'something else');
    const program = updater();
    await program.checkForUpdates();
    await expect(program.downloadUpdate()).rejects.toThrow(/sha512/);
    expect(existsSync(join(folder, 'cavern', 'pending', 'Cavern.AppImage'))).toBe(false);
  });
});
