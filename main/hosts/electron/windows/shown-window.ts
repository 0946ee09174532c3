import { type BrowserWindow, screen } from 'electron';
import { Wishes } from '../system/wishes.ts';
import type { OpenWindow } from './app-windows.ts';
import { isReachable, type WindowPlace } from './window-places.ts';

/** One of the program's windows, and what the desktop wants it to show. */
export class ShownWindow implements OpenWindow {
  readonly browser: BrowserWindow;
  readonly wishes = new Wishes();

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

  place(): Omit<WindowPlace, 'slot'> {
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
