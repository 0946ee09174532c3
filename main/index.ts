import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { app, BrowserWindow, dialog, Menu, Notification, protocol, session, shell } from 'electron';
import type { OpenDialogOptions } from 'electron';
import { APP_ORIGIN, rendererFiles, serveRenderer } from './hosts/electron/app-protocol.ts';
import type { Notice } from './hosts/electron/approval-notices.ts';
import { appMenu } from './hosts/electron/system/app-menu.ts';
import { type Started, startedOf, wishOf } from './hosts/electron/system/arguments.ts';
import { isDeepLink } from './hosts/electron/system/deep-link.ts';
import { Wishes } from './hosts/electron/system/wishes.ts';
import { systemKeyStore } from './hosts/electron/system-key-store.ts';
import { createWindow, lockDownSession } from './hosts/electron/window.ts';
import { attachWindow } from './hosts/electron/window-kernel.ts';
import { fileLogger } from './platform/files/log-file.ts';
import { homeRoot, openHome } from './platform/home/home.ts';
import { programFiles } from './program-files.ts';
import type { WindowFront } from './window-front.ts';

// Electron's own answer is a modal dialog that waits for somebody and ignores signals.
process.on('uncaughtException', (failure) => {
  process.stderr.write(`${failure.stack ?? failure.message}\n`);
  app.exit(1);
});

const outFolder = dirname(import.meta.dirname);
// The packaged app's own manifest; its version is the one that fronts compare.
const { version } = JSON.parse(readFileSync(join(dirname(outFolder), 'package.json'), 'utf8')) as { version: string };
const files = programFiles(outFolder);
const { values } = parseArgs({ args: process.argv.slice(1), options: { home: { type: 'string' } }, strict: false });
const isChosenHome = typeof values.home === 'string' || (process.env['CAVERN_HOME'] ?? '') !== '';
const home = openHome(homeRoot(typeof values.home === 'string' ? values.home : undefined, process.env));
const logger = fileLogger(home.logs);
const shutdown = new AbortController();

// Before the lock: the lock belongs to this folder, so that several homes run side by side.
app.setPath('userData', home.electron);
// It would undo the --no-sandbox that Chromium demands of root; an ordinary user cannot switch the sandbox off.
if (process.getuid?.() !== 0) app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
const started: Started = { args: process.argv.slice(1), cwd: process.cwd() };
if (!app.requestSingleInstanceLock({ ...started })) app.exit(0);

const pages = rendererFiles(files.renderer);
// While Chromium starts; a page that cannot be read is not found when the window asks for it.
setImmediate(() => pages.warm().catch(() => undefined));

const wishes = new Wishes();
let window: BrowserWindow | undefined;
let front: Promise<WindowFront> | undefined;

function refused(what: string): void {
  logger.warn('refused', { what });
  if (shutdown.signal.aborted) return;
  // What is refused is recorded even when the page never asked for anything that is allowed.
  (front ??= openFront()).then(
    (opened) => opened.recordRefusal(what),
    () => undefined,
  );
}

async function pick(options: OpenDialogOptions): Promise<string | null> {
  const answer = window ? await dialog.showOpenDialog(window, options) : await dialog.showOpenDialog(options);
  return answer.canceled ? null : (answer.filePaths[0] ?? null);
}

const pickFolder = (): Promise<string | null> => pick({ properties: ['openDirectory', 'createDirectory'] });
const pickPackage = (): Promise<string | null> =>
  pick({ properties: ['openFile'], filters: [{ name: 'Packed plugins', extensions: ['tgz'] }] });

function showNotice({ title, body, onClick }: Notice): Disposable {
  const notice = new Notification({ title, body });
  notice.on('click', onClick);
  notice.show();
  return { [Symbol.dispose]: () => notice.close() };
}

function revealWindow(): void {
  if (window?.isMinimized()) window.restore();
  window?.show();
  window?.focus();
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What a start of the program names is shown once the person said yes: whoever can start a program may have made it. */
function heed(start: Started): void {
  const wish = wishOf(start, isFolder);
  if (wish === 'refused') refused('a link that is not of this program');
  else if (wish !== undefined) wishes.make({ wish, ask: true });
}

async function pickAndOpen(): Promise<void> {
  const path = await pickFolder();
  if (path !== null) wishes.make({ wish: { show: 'folder', path }, ask: true });
}

/** The kernel's code is loaded here and not with this module: the window is there before. */
async function openFront(): Promise<WindowFront> {
  const { openWindowFront } = await import('./window-front.ts');
  return openWindowFront({
    home,
    files,
    version,
    electron: process.versions.electron ?? null,
    logger,
    onRedaction: logger.redactBy,
    window: {
      pickFolder,
      pickPackage,
      openExternal: (url) => shell.openExternal(url),
      wishes: (signal) => wishes.listen(signal),
    },
    // A home that somebody chose may be carried elsewhere; its keys go with it.
    ...(isChosenHome ? {} : { systemKeyStore }),
    signal: shutdown.signal,
    onViolation: refused,
    ...(Notification.isSupported()
      ? { desktop: { isHidden: () => window?.isFocused() !== true, show: showNotice, reveal: revealWindow } }
      : {}),
  });
}

function openWindow(): void {
  const opened = createWindow({ preload: files.preload, title: 'Cavern', onRefusal: refused });
  window = opened;
  attachWindow({
    contents: opened.webContents,
    open: async () => (await (front ??= openFront())).serve,
    onViolation: refused,
  });
  opened.webContents.on('render-process-gone', (_event, details) => {
    logger.error('the page ended', { reason: details.reason });
    if (details.reason !== 'clean-exit' && !opened.isDestroyed()) opened.reload();
  });
  opened.on('closed', () => {
    window = undefined;
  });
  void opened.loadURL(`${APP_ORIGIN}/index.html`);
}

app.on('second-instance', (_event, _argv, _cwd, data) => {
  const start = startedOf(data);
  if (start !== undefined) heed(start);
  revealWindow();
});
// How macOS hands over links.
app.on('open-url', (event, url) => {
  event.preventDefault();
  if (isDeepLink(url)) heed({ args: [url], cwd: '/' });
});
app.on('web-contents-created', (_event, contents) =>
  contents.on('will-attach-webview', (event) => event.preventDefault()),
);
app.on('window-all-closed', () => app.quit());
app.on('before-quit', (event) => {
  if (front === undefined) return;
  event.preventDefault();
  const closing = front;
  front = undefined;
  shutdown.abort();
  closing
    .then((opened) => opened.close())
    .catch((thrown: unknown) => logger.error('the kernel did not stop cleanly', { thrown }))
    .finally(() => app.exit(0));
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());

function whenReady(): void {
  Menu.setApplicationMenu(null);
  if (app.isPackaged) heed(started);
  lockDownSession(session.defaultSession);
  protocol.handle('app', serveRenderer(pages));
  openWindow();
  // A window without it is painted sooner.
  window?.once('show', () => {
    const menu = appMenu({
      show: (view) => wishes.make({ wish: { show: 'view', view }, ask: false }),
      pickFolder: () => void pickAndOpen(),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
  });
}

// Not awaited: this module has to be loaded to its end before a debugger, and so Playwright, lets Electron become ready.
void app.whenReady().then(whenReady);
