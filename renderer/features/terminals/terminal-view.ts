import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { TerminalId } from '../../../schema/entities.ts';
import { isCancelled } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { onThemeChange } from '../../app/theme.ts';
import { TerminalDress, type TerminalLook } from './appearance/terminal-look.ts';
import { drawWithGpu, hasHardwareGpu } from './appearance/terminal-renderer.ts';
import { terminalTheme } from './appearance/terminal-theme.ts';
import { TerminalPictures } from './images/terminal-pictures.ts';
import { lookOver, type PastedText } from './input/pasted-text.ts';
import { type KeyMeaning, meaningOf } from './input/terminal-keys.ts';
import { fileLinks } from './links/file-links.ts';
import type { FilePlace } from './links/workspace-path.ts';
import { feedTerminal } from './output/terminal-feed.ts';
import { XtermScreen } from './output/xterm-screen.ts';
import { WorkElsewhere } from './output/work-elsewhere.ts';
import { cleanTitle } from './safety/clean-title.ts';
import { clipboardRequest } from './safety/clipboard-request.ts';
import { CommandMarks, type MarkedCommand } from './shell-integration/command-marks.ts';
import { readProgress, type TerminalProgress } from './shell-integration/progress.ts';

/** What a terminal on the screen tells of itself. */
export interface TerminalEvents {
  readonly onExit: (exitCode: number) => void;
  /** Nothing was printed for a moment: a command may have ended. */
  readonly onQuiet: () => void;
  /** Safe to show; empty where the command that gave it has ended. */
  readonly onTitle: (title: string) => void;
  readonly onProgress: (progress: TerminalProgress | undefined) => void;
  /** What the pointer came over; undefined once it has left. */
  readonly onLink: (link: TerminalLink | undefined) => void;
  readonly onBell: () => void;
  readonly onFind: () => void;
  /** Something was typed, or the terminal answers what runs in it. */
  readonly onInput: (text: string) => void;
  /** What is to be pasted, before it is. */
  readonly onPaste: (pasted: PastedText) => void;
  /** A link was clicked with Ctrl or Command held down. */
  readonly onAddress: (url: string) => void;
  readonly onFile: (place: FilePlace) => void;
  /** A program wants something in the clipboard. */
  readonly onClipboard: (text: string) => void;
  readonly onFailure: (thrown: unknown) => void;
}

export interface TerminalViewOptions {
  readonly client: Pick<KernelClient, 'terminal'>;
  readonly terminal: TerminalId;
  readonly look: TerminalLook;
  readonly events: TerminalEvents;
  readonly describeCommand: (command: MarkedCommand) => string;
}

/** What the pointer is over: it can be opened. */
export type TerminalLink =
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'file'; readonly place: FilePlace };

const QUIET_AFTER_MS = 700;
const SCROLLS: ReadonlySet<KeyMeaning> = new Set(['first line', 'last line']);
const PROGRESS_SEQUENCE = 9;
const CLIPBOARD_SEQUENCE = 52;

const pageClock = {
  now: () => performance.now(),
  setTimer(delayMs: number, callback: () => void): Disposable {
    const timer = setTimeout(callback, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** One terminal on the screen: xterm.js tied to the kernel's stream. Disposing detaches; the terminal itself goes on. */
export class TerminalView implements Disposable {
  readonly search = new SearchAddon({ highlightLimit: 2000 });
  readonly marks: CommandMarks;
  readonly #options: TerminalViewOptions;
  readonly #xterm: Terminal;
  readonly #fit = new FitAddon();
  readonly #dress: TerminalDress;
  readonly #pictures: TerminalPictures;
  readonly #abort = new AbortController();
  #gpu: AbortController | undefined;
  #link: TerminalLink | undefined;
  #told = '';
  #attached = false;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, options: TerminalViewOptions) {
    this.#options = options;
    const { events, describeCommand } = options;
    this.#xterm = new Terminal({
      allowProposedApi: true,
      cursorBlink: true,
      lineHeight: 1.15,
      theme: terminalTheme(),
      minimumContrastRatio: 4.5,
      macOptionIsMeta: true,
      overviewRuler: { width: 10 },
      // Programs that draw pictures ask how large they may be.
      windowOptions: { getWinSizePixels: true, getCellSizePixels: true, getWinSizeChars: true },
      // Its own would ask in a dialog of the browser and open a window.
      linkHandler: {
        activate: (event, url) => this.#follow(event, () => events.onAddress(url)),
        ...this.#addressHover(),
      },
    });
    this.#dress = new TerminalDress(this.#xterm);
    this.#dress.wear({ ...options.look, ligatures: false });
    this.#xterm.loadAddon(this.#fit);
    this.#xterm.loadAddon(this.search);
    this.#xterm.loadAddon(
      new WebLinksAddon((event, url) => this.#follow(event, () => events.onAddress(url)), this.#addressHover()),
    );
    this.marks = new CommandMarks(this.#xterm, {
      now: () => performance.now(),
      describe: describeCommand,
      onEnd: () => this.#onCommandEnd(),
    });
    this.#xterm.open(host);
    this.#dress.wear(options.look);
    this.#pictures = new TerminalPictures(this.#xterm, options.look.pictures);
    this.#connectOutput();
    this.#connectInput(host);
    const stopFollowingTheme = onThemeChange(() => {
      this.#xterm.options.theme = terminalTheme();
    });
    this.#abort.signal.addEventListener('abort', stopFollowingTheme, { once: true });
    void this.#attach(new WorkElsewhere(host, this.#abort.signal));
  }

  focus(): void {
    this.#xterm.focus();
  }

  setLook(look: TerminalLook): void {
    this.#dress.wear(look);
    this.#pictures.turn(look.pictures);
    this.fit();
  }

  /** Types a text as pasted; the program is told so where it knows the difference. */
  paste(text: string): void {
    this.#xterm.paste(text);
    this.#xterm.focus();
  }

  get hasSelection(): boolean {
    return this.#xterm.hasSelection();
  }

  /** The link under the pointer. */
  get link(): TerminalLink | undefined {
    return this.#link;
  }

  /** A program has asked for what the mouse does: the right button is its own, but with Shift. */
  get givesMouseAway(): boolean {
    return this.#xterm.modes.mouseTrackingMode !== 'none';
  }

  selectAll(): void {
    this.#xterm.selectAll();
  }

  copySelection(): void {
    if (this.#xterm.hasSelection()) void navigator.clipboard.writeText(this.#xterm.getSelection());
  }

  clear(): void {
    this.#xterm.clear();
  }

  /** Takes the size of its pane and tells the kernel, where that changed. */
  fit(): void {
    const size = this.#fit.proposeDimensions();
    if (!this.#attached || size === undefined || Number.isNaN(size.cols) || Number.isNaN(size.rows)) return;
    const cols = Math.max(2, size.cols);
    const rows = Math.max(1, size.rows);
    // Another window that shows it may have given it its own size meanwhile: the one that is used last has its way.
    const isSo = this.#xterm.cols === cols && this.#xterm.rows === rows;
    this.#xterm.resize(cols, rows);
    if (isSo && this.#told === `${cols}x${rows}`) return;
    this.#told = `${cols}x${rows}`;
    // A terminal that has exited meanwhile says so in its stream.
    this.#options.client.terminal.resize({ terminal: this.#options.terminal, cols, rows }).catch(() => undefined);
  }

  /** Only what can be seen is drawn by the GPU. */
  setVisible(visible: 'visible' | 'hidden'): void {
    if (visible === 'hidden') {
      this.#gpu?.abort();
      this.#gpu = undefined;
      return;
    }
    this.fit();
    if (this.#gpu !== undefined || !hasHardwareGpu()) return;
    this.#gpu = new AbortController();
    void drawWithGpu(this.#xterm, this.#gpu.signal);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#quietTimer);
    this.#gpu?.abort();
    this.#abort.abort();
    this.marks[Symbol.dispose]();
    this.#pictures[Symbol.dispose]();
    this.#xterm.dispose();
  }

  async #attach(elsewhere: WorkElsewhere): Promise<void> {
    const { client, terminal, events } = this.#options;
    const { signal } = this.#abort;
    try {
      await feedTerminal({
        events: client.terminal.attach({ terminal, as: 'bytes' }, { signal }),
        screen: new XtermScreen(this.#xterm),
        clock: pageClock,
        isBehind: () => elsewhere.isRecent,
        // A cursor that blinks is a new animation in every frame that moves it.
        onFlood: () => (this.#xterm.options.cursorBlink = false),
        onSnapshot: () => {
          this.#attached = true;
          this.fit();
        },
        onExit: events.onExit,
        onOutput: () => {
          clearTimeout(this.#quietTimer);
          this.#quietTimer = setTimeout(() => {
            this.#xterm.options.cursorBlink = true;
            events.onQuiet();
          }, QUIET_AFTER_MS);
        },
      });
    } catch (thrown) {
      if (!signal.aborted && !isCancelled(thrown)) events.onFailure(thrown);
    }
  }

  /** What programs say besides text. Whatever it is, it is only shown or asked about. */
  #connectOutput(): void {
    const { events } = this.#options;
    const { parser } = this.#xterm;
    this.#xterm.onTitleChange((title) => events.onTitle(cleanTitle(title)));
    this.#xterm.onBell(events.onBell);
    parser.registerOscHandler(PROGRESS_SEQUENCE, (data) => {
      const progress = readProgress(data);
      if (progress !== undefined) events.onProgress(progress === 'none' ? undefined : progress);
      return true;
    });
    parser.registerOscHandler(CLIPBOARD_SEQUENCE, (data) => {
      const text = clipboardRequest(data);
      if (text !== undefined) events.onClipboard(text);
      return true;
    });
    const onOpen = (event: MouseEvent, place: FilePlace): void => this.#follow(event, () => events.onFile(place));
    const onHover = (place: FilePlace | undefined): void => this.#point(place && { kind: 'file', place });
    const folder = (): string => this.marks.folder;
    this.#xterm.registerLinkProvider(fileLinks({ terminal: this.#xterm, folder, onOpen, onHover }));
  }

  /** Its title and its progress were its own; a shell that gives titles does so with its next prompt. */
  #onCommandEnd(): void {
    const { events } = this.#options;
    events.onTitle('');
    events.onProgress(undefined);
    events.onQuiet();
  }

  #connectInput(host: HTMLElement): void {
    const { events } = this.#options;
    this.#xterm.onData(events.onInput);
    this.#xterm.attachCustomKeyEventHandler((event) => this.#handleKey(event));
    // Before xterm.js, which would type it at once.
    const onPaste = (event: ClipboardEvent): void => {
      event.preventDefault();
      event.stopPropagation();
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const program = this.#xterm.modes.bracketedPasteMode ? 'knows pasted text' : 'takes it as typed';
      if (text !== '') events.onPaste(lookOver(text, program));
    };
    host.addEventListener('paste', onPaste, { capture: true, signal: this.#abort.signal });
    host.addEventListener('focusin', () => this.fit(), { signal: this.#abort.signal });
  }

  /** False where the key is not the terminal's but the window's. */
  #handleKey(event: KeyboardEvent): boolean {
    const meaning = meaningOf(event);
    // A program that has the whole screen scrolls by itself.
    const isWhole = this.#xterm.buffer.active.type === 'alternate';
    if (meaning === undefined || (isWhole && SCROLLS.has(meaning))) return true;
    if (meaning === 'leave to the window') return false;
    event.preventDefault();
    if (event.type !== 'keydown') return false;
    if (meaning === 'copy') this.copySelection();
    else if (meaning === 'find') this.#options.events.onFind();
    else if (meaning === 'first line') this.#xterm.scrollToTop();
    else if (meaning === 'last line') this.#xterm.scrollToBottom();
    else this.marks.scroll(meaning === 'previous command' ? 'previous' : 'next');
    return false;
  }

  #addressHover(): { hover: (event: MouseEvent, url: string) => void; leave: () => void } {
    return {
      hover: (_event, url) => this.#point({ kind: 'address', url }),
      leave: () => this.#point(undefined),
    };
  }

  #point(link: TerminalLink | undefined): void {
    this.#link = link;
    this.#options.events.onLink(link);
  }

  #follow(event: MouseEvent, open: () => void): void {
    if (event.ctrlKey || event.metaKey) open();
  }
}
