import type { BrowserWindow, ProtocolResponse, RenderProcessGoneDetails } from 'electron';
import type { Settings } from '../../../../schema/contract/app.ts';
import { APP_ORIGIN } from '../app-protocol.ts';
import { CRASH_PATH, crashPage, type PageCrash } from './crash-page.ts';

export interface WindowCrashesOptions {
  /** Writes a report; gives its file. */
  readonly report: (reason: string) => string | undefined;
  readonly settings: () => Pick<Settings, 'language' | 'theme'>;
}

/** Shows a person what became of a window whose page crashed, instead of an empty one. */
export class WindowCrashes {
  readonly #options: WindowCrashesOptions;
  readonly #crashes = new Map<string, PageCrash>();

  constructor(options: WindowCrashesOptions) {
    this.#options = options;
  }

  /** `again`: the address of the window's page, below our own origin. */
  watch(window: BrowserWindow, slot: number, again: string): void {
    const address = `${CRASH_PATH}?window=${slot}`;
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }: RenderProcessGoneDetails) => {
      if (reason === 'clean-exit' || window.isDestroyed()) return;
      const report = this.#options.report(`${reason} (exit code ${exitCode})`);
      // The page that says it crashed crashed itself: nothing can be shown.
      if (window.webContents.getURL() === APP_ORIGIN + address) return;
      this.#crashes.set(address, { reason, exitCode, report, again });
      // Not before Electron is done with the page that ended.
      setImmediate(() => {
        if (!window.isDestroyed()) void window.loadURL(APP_ORIGIN + address);
      });
    });
    window.once('closed', () => this.#crashes.delete(address));
  }

  /** The page that says it; undefined for any other request. */
  answer(url: string): ProtocolResponse | undefined {
    const { pathname, search } = new URL(url);
    const crash = this.#crashes.get(pathname + search);
    return crash === undefined ? undefined : crashPage(crash, this.#options.settings());
  }
}
