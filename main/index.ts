import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { app, BrowserWindow, dialog, Menu, protocol, session, shell } from 'electron';
import type { Kernel } from './compose.ts';
import { closeFront, type Front, openFront } from './front.ts';
import { APP_ORIGIN, serveRenderer } from './hosts/electron/app-protocol.ts';
import { createWindow, lockDownSession } from './hosts/electron/window.ts';
import { attachWindow, type WindowTarget } from './hosts/electron/window-kernel.ts';
import { connectKernelSocket } from './hosts/socket/kernel-socket.ts';
import { fileLogger } from './platform/files/log-file.ts';
import { homeRoot, openHome } from './platform/home/home.ts';
import { programFiles } from './program-files.ts';

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
if (!app.requestSingleInstanceLock()) app.exit(0);

let window: BrowserWindow | undefined;
let front: Promise<Front> | undefined;
let kernel: Kernel | undefined;

function refused(what: string): void {
  logger.warn('refused', { what });
  kernel?.recordRefusal(what);
}

async function compose(): Promise<Kernel> {
  const { composeKernel } = await import('./compose.ts');
  kernel = await composeKernel({
    home,
    files,
    version,
    electron: process.versions.electron ?? null,
    logger,
    window: {
      async pickFolder() {
        const options = { properties: ['openDirectory' as const, 'createDirectory' as const] };
        const answer = window ? await dialog.showOpenDialog(window, options) : await dialog.showOpenDialog(options);
        return answer.canceled ? null : (answer.filePaths[0] ?? null);
      },
      openExternal: (url) => shell.openExternal(url),
    },
  });
  return kernel;
}

function targetOf(opened: Front): WindowTarget {
  if (opened.kind === 'client') return { kind: 'socket', connect: () => connectKernelSocket(home.run) };
  return { kind: 'kernel', dispatch: opened.kernel.dispatch, onViolation: refused };
}

function openWindow(): void {
  const opened = createWindow({ preload: files.preload, title: 'Cavern', onRefusal: refused });
  window = opened;
  // The window paints first; the kernel starts beside it, in turns of its own.
  const target = new Promise<void>((resolve) => setImmediate(resolve))
    .then(() => (front ??= openFront({ home, version, signal: shutdown.signal, compose })))
    .then(targetOf);
  attachWindow(opened.webContents, target, refused);
  opened.webContents.on('render-process-gone', (_event, details) => {
    logger.error('the page ended', { reason: details.reason });
    if (details.reason !== 'clean-exit' && !opened.isDestroyed()) opened.reload();
  });
  opened.on('closed', () => {
    window = undefined;
  });
  void opened.loadURL(`${APP_ORIGIN}/index.html`);
}

app.on('second-instance', () => {
  if (window?.isMinimized()) window.restore();
  window?.focus();
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
    .then(async (opened) => {
      if (opened.kind === 'owner') opened.kernel.socket.hangUp();
      await closeFront(opened);
    })
    .catch((thrown: unknown) => logger.error('the kernel did not stop cleanly', { thrown }))
    .finally(() => app.exit(0));
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());

function whenReady(): void {
  Menu.setApplicationMenu(null);
  lockDownSession(session.defaultSession);
  protocol.handle('app', serveRenderer(files.renderer));
  openWindow();
}

// Not awaited: this module has to be loaded to its end before a debugger, and so Playwright, lets Electron become ready.
void app.whenReady().then(whenReady);
