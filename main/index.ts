// First: it never returns where the command line is meant.
import './start-command-line.ts';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { app, crashReporter, Menu, protocol, session, shell } from 'electron';
import type { WishEvent } from '../schema/contract/window.ts';
import type { Desktop } from './desktop.ts';
import { APP_ORIGIN, rendererFiles, serveRenderer } from './hosts/electron/app-protocol.ts';
import { WindowCrashes } from './hosts/electron/crashes/window-crashes.ts';
import { en } from './hosts/electron/messages/en.ts';
import { type Started, startedOf, wishOf } from './hosts/electron/system/arguments.ts';
import { isDeepLink } from './hosts/electron/system/deep-link.ts';
import { spokenLanguage } from './hosts/electron/messages/desktop-messages.ts';
import { pageLanguage } from './hosts/electron/page-language.ts';
import { systemKeyStore } from './hosts/electron/system-key-store.ts';
import { AppWindows, type WindowContent } from './hosts/electron/windows/app-windows.ts';
import { pickers } from './hosts/electron/windows/pickers.ts';
import { placeOnScreen, ShownWindow } from './hosts/electron/windows/shown-window.ts';
import { detachedPanels, windowPage } from './hosts/electron/windows/window-page.ts';
import { createWindow, lockDownSession } from './hosts/electron/windows/window.ts';
import { attachWindow } from './hosts/electron/windows/window-kernel.ts';
import { readPlaces, type WindowPlace } from './hosts/electron/windows/window-places.ts';
import { crashFolder, CrashReports } from './platform/diagnostics/crash-reports.ts';
import { fileLogger } from './platform/files/log-file.ts';
import { homeRoot } from './platform/home/home.ts';
import { sampleProject } from './platform/files/sample-project.ts';
import { programFiles } from './program-files.ts';
import { openWindowHome } from './window-home.ts';
import type { WindowFront } from './window-front.ts';

const outFolder = dirname(import.meta.dirname);
// The packaged app's own manifest; its version is the one that fronts compare.
const { version } = JSON.parse(readFileSync(join(dirname(outFolder), 'package.json'), 'utf8')) as { version: string };
const files = programFiles(outFolder);
const { values } = parseArgs({ args: process.argv.slice(1), options: { home: { type: 'string' } }, strict: false });
const isChosenHome = typeof values.home === 'string' || (process.env['CAVERN_HOME'] ?? '') !== '';
const home = openWindowHome(homeRoot(typeof values.home === 'string' ? values.home : undefined, process.env));
const log = fileLogger(home.logs);
const logger = log.with({ part: 'window' });
const shutdown = new AbortController();
const crashes = new CrashReports({ logs: home.logs, version, redact: log.redact, now: Date.now });

// Electron's own answer is a modal dialog that waits for somebody and ignores signals.
process.on('uncaughtException', (failure) => {
  process.stderr.write(`${failure.stack ?? failure.message}\n`);
  crashes.write({ part: 'kernel', reason: failure.message, stack: failure.stack });
  app.exit(1);
});
process.on('unhandledRejection', (thrown) => {
  const failure = thrown instanceof Error ? thrown : new Error(String(thrown));
  logger.error('a promise failed and nobody waited for it', { thrown: failure });
  crashes.write({ part: 'kernel', reason: failure.message, stack: failure.stack });
});

// Before the lock: the lock belongs to this folder, so that several homes run side by side.
app.setPath('userData', home.electron);
app.setPath('crashDumps', join(crashFolder(home.logs), 'dumps'));
crashReporter.start({ uploadToServer: false });
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

const placesFile = join(home.electron, 'windows.json');
let places: readonly WindowPlace[] = [];
let front: Promise<WindowFront> | undefined;
let desktop: Desktop | undefined;

const windows = new AppWindows<ShownWindow>({
  open: openWindow,
  keep: keepPlaces,
  onDetached: (slot) => windows.at(slot)?.detaching.publish(),
});
const windowCrashes = new WindowCrashes({
  report(reason) {
    logger.error('the page of a window ended', { reason });
    return crashes.write({ part: 'page', reason });
  },
  settings() {
    const { language, theme } = desktop?.settings ?? { language: 'system', theme: 'system' };
    return { language: spokenLanguage(language, app.getPreferredSystemLanguages()), theme };
  },
});

function keepPlaces(now: readonly WindowPlace[]): void {
  try {
    writeFileSync(placesFile, JSON.stringify(now), { mode: 0o600 });
  } catch (thrown) {
    logger.warn('where the windows are cannot be kept', { thrown });
  }
}

function keptPlaces(): readonly WindowPlace[] {
  try {
    return readPlaces(readFileSync(placesFile, 'utf8'));
  } catch {
    // The first start of this home.
    return [];
  }
}

function refused(what: string): void {
  logger.warn('refused', { what });
  if (shutdown.signal.aborted) return;
  // What is refused is recorded even when the page never asked for anything that is allowed.
  kernelFront().then(
    (opened) => opened.recordRefusal(what),
    () => undefined,
  );
}

const { pickFolder, pickPackage, pickTarget } = pickers({
  parent: () => windows.front?.window.browser,
  messages: () => desktop?.messages ?? en,
  documents: () => app.getPath('home'),
});

/** Has the window that was used last show something. */
function wish(event: WishEvent): void {
  windows.front?.window.wishes.make(event);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What a start of the program names is shown once the person said yes: whoever can start a program may have made it. */
function heed(start: Started): void {
  const named = wishOf(start, isFolder);
  if (named === 'refused') refused('a link that is not of this program');
  else if (named !== undefined) wish({ wish: named, ask: true });
}

async function pickAndOpen(): Promise<void> {
  const path = await pickFolder();
  if (path !== null) wish({ wish: { show: 'folder', path }, ask: true });
}

/** Opened when it is first asked for. Where it could not be, whoever asks next tries anew. */
function kernelFront(): Promise<WindowFront> {
  if (front !== undefined) return front;
  const opening = openFront();
  front = opening;
  opening.catch((thrown: unknown) => {
    logger.error('the kernel did not start', { thrown });
    if (front === opening) front = undefined;
  });
  return opening;
}

/** The kernel's code is loaded here and not with this module: the window is there before. */
async function openFront(): Promise<WindowFront> {
  const { openWindowFront } = await import('./window-front.ts');
  const opened = await openWindowFront({
    home,
    files,
    version,
    electron: process.versions.electron ?? null,
    logger: log,
    onRedaction: log.redactBy,
    window: {
      pickFolder,
      pickPackage,
      pickTarget,
      sampleFolder: () => sampleProject(join(app.getPath('documents'), 'cavern-sample')),
      openExternal: (url) => shell.openExternal(url),
      openLogs: async () => void (await shell.openPath(home.logs)),
      wishes: (slot, signal) => windows.at(slot)?.wishes.listen(signal) ?? nothing(),
      open: (from, shown, panel) =>
        panel === undefined
          ? windows.open({ origin: 'new', session: shown }) !== undefined
          : windows.detach({ session: shown, panel, from }),
      detached: (slot, signal) => detachedPanels(windows, slot, signal),
      paste: (slot) => windows.at(slot)?.paste() === true,
    },
    // A home that somebody chose may be carried elsewhere; its keys go with it.
    ...(isChosenHome ? {} : { systemKeyStore }),
    signal: shutdown.signal,
    onViolation: refused,
  });
  connectDesktop(opened);
  return opened;
}

let isRestOpen = false;

/** What the first window is painted without, once it takes input: it is the one that is waited for. */
function openRest(): void {
  if (isRestOpen) return;
  isRestOpen = true;
  void openDesktop();
  windows.restore(places);
}

/** Menu, tray and notices. */
async function openDesktop(): Promise<void> {
  const { Desktop: Made } = await import('./desktop.ts');
  if (shutdown.signal.aborted) return;
  desktop = new Made({
    logger,
    redact: log.redact,
    version,
    isAnyWindowFocused: () => windows.isAnyFocused(),
    reveal(shown) {
      windows.front?.window.reveal();
      if (shown !== undefined) wish({ wish: shown, ask: false });
    },
    newWindow: () => void windows.open(),
    pickFolder: () => void pickAndOpen(),
  });
  front?.then(connectDesktop, () => undefined);
}

/** Once both are there, whichever comes last. */
function connectDesktop({ client }: WindowFront): void {
  desktop?.follow(client, shutdown.signal);
}

// oxlint-disable-next-line require-yield -- there is nobody to wish anything of
async function* nothing(): AsyncGenerator<never, void, undefined> {
  return undefined;
}

function openWindow(slot: number, content: WindowContent): ShownWindow {
  const { origin, detached } = content;
  const place = origin === 'restored' || slot === 1 ? placeOnScreen(places, slot) : undefined;
  const room = detached === undefined ? 'whole' : 'panel';
  const browser = createWindow({ preload: files.preload, title: 'Cavern', onRefusal: refused, place, room });
  attachWindow({
    contents: browser.webContents,
    logFile: join(home.logs, 'kernel.log'),
    async open() {
      const opening = kernelFront();
      openRest();
      return (await opening).serve;
    },
    onViolation: refused,
  });
  const page = windowPage(slot, content);
  windowCrashes.watch(browser, slot, page);
  void browser.loadURL(APP_ORIGIN + page);
  return new ShownWindow(browser);
}

app.on('second-instance', (_event, _argv, _cwd, data) => {
  const start = startedOf(data);
  if (start !== undefined) heed(start);
  windows.front?.window.reveal();
});
// How macOS hands over links.
app.on('open-url', (event, url) => {
  event.preventDefault();
  if (isDeepLink(url)) heed({ args: [url], cwd: '/' });
});
app.on('web-contents-created', (_event, contents) =>
  contents.on('will-attach-webview', (event) => event.preventDefault()),
);
app.on('child-process-gone', (_event, { type, reason, exitCode, name }) => {
  if (reason === 'clean-exit' || shutdown.signal.aborted) return;
  logger.error('a helper process ended', { type, reason, exitCode });
  crashes.write({ part: 'helper', reason: `${name ?? type}: ${reason} (exit code ${exitCode})` });
});
app.on('window-all-closed', () => app.quit());
app.on('before-quit', (event) => {
  windows.quit();
  shutdown.abort();
  desktop?.[Symbol.dispose]();
  if (front === undefined) return;
  event.preventDefault();
  const closing = front;
  front = undefined;
  closing
    .then((opened) => opened.close())
    .catch((thrown: unknown) => logger.error('the kernel did not stop cleanly', { thrown }))
    .finally(() => app.exit(0));
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());

function whenReady(): void {
  Menu.setApplicationMenu(null);
  lockDownSession(session.defaultSession);
  const language = (): Promise<string> =>
    pageLanguage({
      settingsFile: home.settings,
      override: process.env['CAVERN_LANGUAGE'],
      system: () => app.getPreferredSystemLanguages(),
      known: () => pages.languages(),
    });
  const serve = serveRenderer(pages, language);
  // The newer `handle` loads fetch and streams into this process before the first page: 30 ms of a start.
  protocol.registerBufferProtocol('app', (request, answer) => {
    const crashed = windowCrashes.answer(request.url);
    if (crashed === undefined) void serve(request).then(answer);
    else answer(crashed);
  });
  places = keptPlaces();
  windows.open();
  if (app.isPackaged) heed(started);
}

// Not awaited: this module has to be loaded to its end before a debugger, and so Playwright, lets Electron become ready.
void app.whenReady().then(whenReady);
