import { type DetachedWindow, freeSlot, WINDOW_LIMIT, type WindowPlace } from './window-places.ts';

/** A window on the screen, as far as keeping several of them goes. */
export interface OpenWindow {
  isFocused(): boolean;
  /** Brings it to the front, also from where it was minimised. */
  reveal(): void;
  place(): Omit<WindowPlace, 'slot' | 'detached'>;
  close(): void;
  onFocus(listener: () => void): void;
  /** Before it is gone; its place can still be asked for. */
  onClosing(listener: () => void): void;
  /** When it is gone, also where it was not asked: a page that closed itself. */
  onGone(listener: () => void): void;
}

/** `restored`: it was open when the program ended. */
export type WindowOrigin = 'new' | 'restored';

/** What a new window is about. */
export interface WindowContent {
  readonly origin: WindowOrigin;
  /** The session that it shows; absent: what a start shows. */
  readonly session?: string;
  readonly detached?: DetachedWindow;
}

interface Open<W> {
  readonly window: W;
  readonly detached: DetachedWindow | undefined;
}

export interface AppWindowsOptions<W extends OpenWindow> {
  readonly open: (slot: number, content: WindowContent) => W;
  /** Other panels of a window have windows of their own now. */
  readonly onDetached: (slot: number) => void;
  /** Keeps where the windows are, for the next start. */
  readonly keep: (places: readonly WindowPlace[]) => void;
}

/**
 * The windows of the program, each with a number that stays its own: the page keeps its layout and selection by it. All of them
 * show one kernel. A window that is closed while others are open is forgotten; the others, and the last one, come back. A window
 * for a panel ends with the window that the panel left.
 */
export class AppWindows<W extends OpenWindow> {
  readonly #options: AppWindowsOptions<W>;
  /** The one that was in front last is the last. */
  readonly #open = new Map<number, Open<W>>();
  #isQuitting = false;

  constructor(options: AppWindowsOptions<W>) {
    this.#options = options;
  }

  /** Undefined where there are as many as there may be. */
  open(content: WindowContent = { origin: 'new' }, slot: number = freeSlot(this.#open.keys())): W | undefined {
    if (this.#open.size >= WINDOW_LIMIT || this.#open.has(slot)) return undefined;
    const { detached } = content;
    const window = this.#options.open(slot, content);
    this.#open.set(slot, { window, detached });
    window.onFocus(() => this.#toFront(slot));
    window.onClosing(() => this.#closing(slot));
    window.onGone(() => this.#forget(slot, window));
    if (detached !== undefined) this.#options.onDetached(detached.from);
    return window;
  }

  /** Gives a panel a window of its own; the one that it has comes to the front. False where there are as many as there may be. */
  detach(detached: DetachedWindow): boolean {
    const there = [...this.#open.values()].find(
      (one) =>
        one.detached?.panel === detached.panel &&
        one.detached.session === detached.session &&
        one.detached.from === detached.from,
    );
    there?.window.reveal();
    return there !== undefined || this.open({ origin: 'new', detached }) !== undefined;
  }

  /** The panels of a window that have windows of their own. */
  detachedFrom(slot: number): DetachedWindow[] {
    return [...this.#open.values()].flatMap(({ detached }) => (detached?.from === slot ? [detached] : []));
  }

  /** Those that were open besides the first when the program ended. */
  restore(places: readonly WindowPlace[]): void {
    const others = places.filter(({ slot }) => slot !== 1);
    for (const { slot, detached } of others) if (detached === undefined) this.open({ origin: 'restored' }, slot);
    for (const { slot, detached } of others) {
      const isWhole = detached !== undefined && this.#open.get(detached.from)?.detached === undefined;
      if (isWhole && this.#open.has(detached.from)) this.open({ origin: 'restored', detached }, slot);
    }
  }

  get size(): number {
    return this.#open.size;
  }

  at(slot: number): W | undefined {
    return this.#open.get(slot)?.window;
  }

  /** The whole window that the person used last, and its number. */
  get front(): { readonly slot: number; readonly window: W } | undefined {
    const last = [...this.#open].findLast(([, { detached }]) => detached === undefined);
    return last === undefined ? undefined : { slot: last[0], window: last[1].window };
  }

  isAnyFocused(): boolean {
    return [...this.#open.values()].some(({ window }) => window.isFocused());
  }

  /** From now on windows are closed with the program, and none is forgotten. */
  quit(): void {
    if (this.#isQuitting) return;
    this.#isQuitting = true;
    // None is left where closing the last one is what ends the program; it was kept then.
    if (this.#open.size > 0) this.#keep();
  }

  #toFront(slot: number): void {
    const open = this.#open.get(slot);
    if (open === undefined) return;
    this.#open.delete(slot);
    this.#open.set(slot, open);
  }

  #closing(slot: number): void {
    const closing = this.#open.get(slot);
    if (closing === undefined) return;
    const isWhole = closing.detached === undefined;
    const isLast = isWhole && ![...this.#open].some(([other, one]) => other !== slot && one.detached === undefined);
    // The last one is the program's end, and its panels come back with it.
    if (isLast) this.quit();
    this.#forget(slot, closing.window);
  }

  #forget(slot: number, window: W): void {
    const gone = this.#open.get(slot);
    if (gone?.window !== window) return;
    this.#open.delete(slot);
    if (gone.detached !== undefined) this.#options.onDetached(gone.detached.from);
    for (const { window: other, detached } of this.#open.values()) if (detached?.from === slot) other.close();
    if (this.#open.size > 0 && !this.#isQuitting) this.#keep();
  }

  #keep(): void {
    const places = [...this.#open].map(([slot, { window, detached }]): WindowPlace => {
      return { slot, ...window.place(), ...(detached === undefined ? {} : { detached }) };
    });
    this.#options.keep(places.sort((a, b) => a.slot - b.slot));
  }
}
