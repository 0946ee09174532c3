import { freeSlot, WINDOW_LIMIT, type WindowPlace } from './window-places.ts';

/** A window on the screen, as far as keeping several of them goes. */
export interface OpenWindow {
  isFocused(): boolean;
  /** Brings it to the front, also from where it was minimised. */
  reveal(): void;
  place(): Omit<WindowPlace, 'slot'>;
  onFocus(listener: () => void): void;
  /** Before it is gone; its place can still be asked for. */
  onClosing(listener: () => void): void;
  /** When it is gone, also where it was not asked: a page that closed itself. */
  onGone(listener: () => void): void;
}

/** `restored`: it was open when the program ended. */
export type WindowOrigin = 'new' | 'restored';

export interface AppWindowsOptions<W extends OpenWindow> {
  readonly open: (slot: number, origin: WindowOrigin) => W;
  /** Keeps where the windows are, for the next start. */
  readonly keep: (places: readonly WindowPlace[]) => void;
}

/**
 * The windows of the program, each with a number that stays its own: the page keeps its layout and selection by it. All of them
 * show one kernel. A window that is closed while others are open is forgotten; the others, and the last one, come back.
 */
export class AppWindows<W extends OpenWindow> {
  readonly #options: AppWindowsOptions<W>;
  /** The one that was in front last is the last. */
  readonly #open = new Map<number, W>();
  #isQuitting = false;

  constructor(options: AppWindowsOptions<W>) {
    this.#options = options;
  }

  /** Undefined where there are as many as there may be. */
  open(origin: WindowOrigin = 'new', slot: number = freeSlot(this.#open.keys())): W | undefined {
    if (this.#open.size >= WINDOW_LIMIT || this.#open.has(slot)) return undefined;
    const window = this.#options.open(slot, origin);
    this.#open.set(slot, window);
    window.onFocus(() => this.#toFront(slot, window));
    window.onClosing(() => this.#closing(slot));
    window.onGone(() => this.#forget(slot, window));
    return window;
  }

  /** Those that were open besides the first when the program ended. */
  restore(places: readonly WindowPlace[]): void {
    for (const { slot } of places) if (slot !== 1) this.open('restored', slot);
  }

  get size(): number {
    return this.#open.size;
  }

  at(slot: number): W | undefined {
    return this.#open.get(slot);
  }

  /** The window that the person used last, and its number. */
  get front(): { readonly slot: number; readonly window: W } | undefined {
    const last = [...this.#open].at(-1);
    return last === undefined ? undefined : { slot: last[0], window: last[1] };
  }

  isAnyFocused(): boolean {
    return [...this.#open.values()].some((window) => window.isFocused());
  }

  /** From now on windows are closed with the program, and none is forgotten. */
  quit(): void {
    if (this.#isQuitting) return;
    this.#isQuitting = true;
    // None is left where closing the last one is what ends the program; it was kept then.
    if (this.#open.size > 0) this.#keep();
  }

  #toFront(slot: number, window: W): void {
    if (!this.#open.delete(slot)) return;
    this.#open.set(slot, window);
  }

  #closing(slot: number): void {
    // The last one is the program's end.
    if (this.#open.size === 1 && !this.#isQuitting) this.#keep();
    const window = this.#open.get(slot);
    if (window !== undefined) this.#forget(slot, window);
  }

  #forget(slot: number, window: W): void {
    if (this.#open.get(slot) !== window) return;
    this.#open.delete(slot);
    if (this.#open.size > 0 && !this.#isQuitting) this.#keep();
  }

  #keep(): void {
    const places = [...this.#open].map(([slot, window]) => ({ slot, ...window.place() }));
    this.#options.keep(places.sort((a, b) => a.slot - b.slot));
  }
}
