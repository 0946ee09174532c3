import { readdir } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import { getCurrentFuseWire, FuseState, FuseV1Options } from '@electron/fuses';
import type { Shell } from '../pages/shell.ts';
import { executablePath } from '../fixtures/cavern-app.ts';
import { expect, test } from '../fixtures/test.ts';

/** The lines of https://www.electronjs.org/docs/latest/tutorial/security, by their numbers, against the packaged app. */
type Line = readonly [line: string, check: (shell: Shell) => Promise<void>];

/** The oldest Electron that the package may be made of (docs/security.md, line 16). */
const OLDEST_ELECTRON = 33;

const LINES: readonly Line[] = [
  [
    '1 only secure content is loaded',
    async (shell) => {
      expect(await reached(shell, 'http://127.0.0.1:9/')).toBe('refused');
      expect(await reached(shell, 'https://127.0.0.1:9/')).toBe('refused');
      const urls = await shell.app.electron.evaluate(({ webContents }) =>
        webContents.getAllWebContents().map((contents) => contents.getURL()),
      );
      expect(urls).toEqual(['app://cavern/index.html']);
    },
  ],
  ['2 no page has Node', (shell) => preference(shell, { nodeIntegration: false, nodeIntegrationInWorker: false })],
  ['3 pages are isolated from the preload script', (shell) => preference(shell, { contextIsolation: true })],
  [
    '4 pages are in Chromium’s sandbox',
    async (shell) => {
      await preference(shell, { sandbox: true });
      const enabled = await shell.app.electron.evaluate(
        ({ app }) => app.getAppMetrics().filter(({ type, sandboxed }) => type === 'Tab' && sandboxed === false).length,
      );
      expect(enabled).toBe(0);
    },
  ],
  [
    '5 permissions are refused',
    async (shell) => {
      const answers = await shell.page.evaluate(async () => {
        const midi = navigator.requestMIDIAccess({ sysex: true }).then(
          () => 'granted',
          () => 'refused',
        );
        const camera = navigator.mediaDevices.getUserMedia({ video: true }).then(
          () => 'granted',
          () => 'refused',
        );
        const notice = Notification.requestPermission();
        return [await midi, await camera, await notice];
      });
      expect(answers).toEqual(['refused', 'refused', 'denied']);
    },
  ],
  ['6 web security is on', (shell) => preference(shell, { webSecurity: true })],
  [
    '7 a content security policy holds',
    async (shell) => {
      const header = await shell.page.evaluate(async () =>
        (await fetch(location.href)).headers.get('content-security-policy'),
      );
      expect(header).toContain("default-src 'none'; script-src 'self';");
      expect(header).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/);
    },
  ],
  ['8 no insecure content runs in secure pages', (shell) => preference(shell, { allowRunningInsecureContent: false })],
  ['9 no experimental features are on', (shell) => preference(shell, { experimentalFeatures: false })],
  ['10 no Blink features are switched on', (shell) => preference(shell, { enableBlinkFeatures: '' })],
  [
    '11 and 12 there are no webviews',
    async (shell) => {
      await preference(shell, { webviewTag: false });
      const isElement = await shell.page.evaluate(() => 'loadURL' in document.createElement('webview'));
      expect(isElement).toBe(false);
    },
  ],
  [
    '13 the page goes nowhere',
    async (shell) => {
      for (const url of ['https://example.org/', 'file:///etc/passwd', 'data:text/html,x', 'app://other/']) {
        await shell.page.evaluate((to) => {
          location.href = to;
        }, url);
      }
      await shell.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
      expect(await shell.page.evaluate(() => location.origin)).toBe('app://cavern');
    },
  ],
  [
    '14 no window is opened',
    async (shell) => {
      expect(await shell.page.evaluate(() => window.open('app://cavern/index.html') === null)).toBe(true);
      const windows = await shell.app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
      expect(windows).toBe(1);
    },
  ],
  [
    '15 only web addresses are handed to the desktop',
    async (shell) => {
      for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'smb://host/share', 'cavern://session/a', '-h']) {
        await expect(shell.app.call('window.openExternal', { url })).rejects.toThrow();
      }
    },
  ],
  [
    '16 Electron is not older than the oldest that is maintained here',
    async (shell) => {
      const version = await shell.app.electron.evaluate(() => process.versions.electron ?? '');
      expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(OLDEST_ELECTRON);
    },
  ],
  [
    '17 the sender of every message is checked',
    async (shell) => {
      const listeners = await shell.app.electron.evaluate(({ ipcMain, webContents }) => ({
        shared: ipcMain.eventNames(),
        own: webContents.getAllWebContents().map(({ ipc }) => ipc.eventNames()),
      }));
      // Nobody listens to just any page; the one listener of the window's own checks who sends (frame-gate.ts).
      // Electron itself takes errors.
      const names = (all: readonly (string | symbol)[]): unknown[] => all.filter((name) => name !== 'error');
      expect({ shared: names(listeners.shared), own: listeners.own.map(names) }).toEqual({
        shared: [],
        own: [['cavern:frame']],
      });
    },
  ],
  [
    '18 pages come from a protocol of our own',
    async (shell) => {
      expect(await shell.page.evaluate(() => location.protocol)).toBe('app:');
      expect(await reached(shell, 'file:///etc/passwd')).toBe('refused');
      expect(await reached(shell, 'app://cavern/../../package.json')).not.toBe('answered');
    },
  ],
  [
    '19 what is not used is fused off',
    async () => {
      const fuses = await getCurrentFuseWire(executablePath);
      const state = (option: FuseV1Options): boolean => fuses[option] === FuseState.ENABLE;
      expect({
        runAsNode: state(FuseV1Options.RunAsNode),
        cookieEncryption: state(FuseV1Options.EnableCookieEncryption),
        nodeOptions: state(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
        asarIntegrity: state(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
        onlyAsar: state(FuseV1Options.OnlyLoadAppFromAsar),
        fileRights: state(FuseV1Options.GrantFileProtocolExtraPrivileges),
      }).toEqual({
        runAsNode: false,
        cookieEncryption: true,
        nodeOptions: false,
        asarIntegrity: true,
        onlyAsar: true,
        fileRights: false,
      });
      expect(await readdir(join(dirname(executablePath), 'resources'))).not.toContain('default_app.asar');
    },
  ],
  [
    '20 the page has no Electron of its own',
    async (shell) => {
      const reach = await shell.page.evaluate(() => ({
        names: ['require', 'process', 'module', 'electron', 'ipcRenderer', 'Buffer'].filter((name) => name in window),
        bridge: Object.entries(window.cavern).map(([name, value]) => `${name}: ${typeof value}`),
      }));
      expect(reach).toEqual({ names: [], bridge: ['send: function', 'pathOf: function'] });
    },
  ],
];

test('every line of Electron’s security checklist holds in the packaged app', async ({ shell }) => {
  for (const [line, check] of LINES) await test.step(line, () => check(shell));
});

/** What the window was made with, as Electron has it in force. */
async function preference(shell: Shell, wanted: Readonly<Record<string, unknown>>): Promise<void> {
  const inForce = await shell.app.electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    // Electron has it and its types do not: tests of Electron itself read it.
    const contents = window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> } | undefined;
    return JSON.parse(JSON.stringify(contents?.getLastWebPreferences() ?? {})) as Record<string, unknown>;
  });
  const found = Object.fromEntries(Object.keys(wanted).map((name) => [name, inForce[name] ?? offOf(wanted[name])]));
  expect(Object.keys(inForce)).toContain('contextIsolation');
  expect(found).toEqual(wanted);
}

/** A preference that nobody set is not there: it is off. */
function offOf(wanted: unknown): unknown {
  return wanted === '' ? '' : false;
}

async function reached(shell: Shell, url: string): Promise<string> {
  return shell.page.evaluate(
    (address) =>
      fetch(address).then(
        ({ ok }) => (ok ? 'answered' : 'not found'),
        () => 'refused',
      ),
    url,
  );
}
