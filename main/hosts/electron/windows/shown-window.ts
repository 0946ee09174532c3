import { type BrowserWindow, screen } from 'electron';
import { Broadcast } from '../../../base/broadcast.ts';
import { Wishes } from '../system/wishes.ts';
import type { OpenWindow } from './app-windows.ts';
import { isReachable, type WindowPlace } from './window-places.ts';

/** One of the program's windows, and what the desktop wants it to show. */
export class ShownWindow implements OpenWindow {
  readonly browser: BrowserWindow;
  readonly wishes = new Wishes();
  /** Tells when other panels of it have windows of their own. */
  readonly detaching = new Broadcast<void>();

  constructor(browser: BrowserWindow) {
    this.browser = browser;
  }

  isFocused(): boolean {
    return this.browser.isFocused();
  }

  reveal(): void {
    if (this.browser.isMinimized()) this.browser.restore();
    this.browser.show();
    this.browser.focus();
  }

  /** What has the focus in it gets the paste of a key. False where the window itself does not have it: nobody is there to see. */
  paste(): boolean {
    if (!this.browser.isFocused()) return false;
    this.browser.webContents.paste();
    return true;
  }

  close(): void {
    this.browser.close();
  }

  place(): Omit<WindowPlace, 'slot' | 'detached'> {
    return { ...this.browser.getNormalBounds(), isMaximized: this.browser.isMaximized() };
  }

  onFocus(listener: () => void): void {
    this.browser.on('focus', listener);
  }

  onClosing(listener: () => void): void {
    this.browser.once('close', listener);
  }

  onGone(listener: () => void): void {
    this.browser.once('closed', listener);
  }
}

/** Where a window goes again; undefined where no screen reaches there any more. */
export function placeOnScreen(places: readonly WindowPlace[], slot: number): WindowPlace | undefined {
  const place = places.find((one) => one.slot === slot);
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
  return place !== undefined && isReachable(place, screens) ? place : undefined;
}
