import { BrowserWindow, nativeTheme, type Session } from 'electron';
import { APP_ORIGIN } from '../app-protocol.ts';
import type { WindowPlace } from './window-places.ts';

/** True for the one page that the window shows. */
export function isOurPage(url: string): boolean {
  return url === `${APP_ORIGIN}/` || url.startsWith(`${APP_ORIGIN}/index.html`) || url.startsWith(`${APP_ORIGIN}/?`);
}

/** Copying out of the page, which is asked for when it is done, and not only looked up. */
const COPYING = 'clipboard-sanitized-write';

/** Nothing but copying is granted to a page and nothing is fetched from anywhere but our own files. */
export function lockDownSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === COPYING));
  session.setPermissionCheckHandler((_contents, permission) => permission === COPYING);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, answer) => {
    const isOurs =
      details.url.startsWith(`${APP_ORIGIN}/`) ||
      details.url.startsWith('devtools://') ||
      details.url.startsWith('data:');
    answer({ cancel: !isOurs });
  });
}

export interface WindowOptions {
  readonly preload: string;
  readonly title: string;
  readonly onRefusal: (what: string) => void;
  /** Where it was; absent: in the middle, of the usual size. */
  readonly place?: Omit<WindowPlace, 'slot'> | undefined;
  /** A window of one panel may be small. */
  readonly room: 'whole' | 'panel';
}

const LEAST = { whole: { minWidth: 900, minHeight: 600 }, panel: { minWidth: 360, minHeight: 240 } } as const;
const USUAL = { whole: { width: 1280, height: 800 }, panel: { width: 900, height: 640 } } as const;

/** The window: isolated, sandboxed, unable to leave its page. */
export function createWindow(options: WindowOptions): BrowserWindow {
  const { x, y, width, height } = { ...USUAL[options.room], ...options.place };
  const window = new BrowserWindow({
    width,
    height,
    ...(x === undefined || y === undefined ? {} : { x, y }),
    ...LEAST[options.room],
    title: options.title,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  });
  const { webContents } = window;
  webContents.setWindowOpenHandler(({ url }) => {
    options.onRefusal(`window.open of ${url.slice(0, 200)}`);
    return { action: 'deny' };
  });
  webContents.on('will-navigate', (event) => {
    if (isOurPage(event.url)) return;
    event.preventDefault();
    options.onRefusal(`navigation to ${event.url.slice(0, 200)}`);
  });
  webContents.on('will-redirect', (event) => event.preventDefault());
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  // Maximising shows it.
  window.once('ready-to-show', () => (options.place?.isMaximized === true ? window.maximize() : window.show()));
  return window;
}
