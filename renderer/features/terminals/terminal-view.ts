import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { TerminalId } from '../../../schema/entities.ts';
import { isCancelled } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { onThemeChange } from '../../app/theme.ts';
import { feedTerminal } from './terminal-feed.ts';
import { TerminalInput } from './terminal-input.ts';
import { drawWithGpu, hasHardwareGpu } from './terminal-renderer.ts';
import { TERMINAL_FONT, terminalTheme } from './terminal-theme.ts';

export interface TerminalViewOptions {
  readonly client: Pick<KernelClient, 'terminal' | 'window'>;
  readonly terminal: TerminalId;
  readonly fontSize: number;
  readonly onExit: (exitCode: number) => void;
  /** Nothing was printed for a moment: a command may have ended. */
  readonly onQuiet: () => void;
  readonly onTitle: (title: string) => void;
  readonly onFind: () => void;
  readonly onFailure: (thrown: unknown) => void;
}

const SCROLLBACK_LINES = 10_000;
const QUIET_AFTER_MS = 700;

/** One terminal on the screen: xterm.js tied to the kernel's stream. Disposing detaches; the terminal itself goes on. */
export class TerminalView implements Disposable {
  readonly search = new SearchAddon({ highlightLimit: 2000 });
  readonly #options: TerminalViewOptions;
  readonly #xterm: Terminal;
  readonly #fit = new FitAddon();
  readonly #abort = new AbortController();
  #gpu: AbortController | undefined;
  #told = '';
  #attached = false;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, options: TerminalViewOptions) {
    this.#options = options;
    this.#xterm = new Terminal({
      allowProposedApi: true,
      cursorBlink: true,
      fontFamily: TERMINAL_FONT,
      fontSize: options.fontSize,
      lineHeight: 1.15,
      scrollback: SCROLLBACK_LINES,
      theme: terminalTheme(),
      minimumContrastRatio: 4.5,
      macOptionIsMeta: true,
      overviewRuler: { width: 10 },
    });
    this.#xterm.loadAddon(this.#fit);
    this.#xterm.loadAddon(this.search);
    this.#xterm.loadAddon(new WebLinksAddon((event, url) => this.#openLink(event, url)));
    this.#xterm.open(host);
    this.#connectInput();
    const stopFollowingTheme = onThemeChange(() => {
      this.#xterm.options.theme = terminalTheme();
    });
    this.#abort.signal.addEventListener('abort', stopFollowingTheme, { once: true });
    void this.#attach();
  }

  focus(): void {
    this.#xterm.focus();
  }

  setFontSize(size: number): void {
    this.#xterm.options.fontSize = size;
    this.fit();
  }

  /** Takes the size of its pane and tells the kernel, where that changed. */
  fit(): void {
    const size = this.#fit.proposeDimensions();
    if (!this.#attached || size === undefined || Number.isNaN(size.cols) || Number.isNaN(size.rows)) return;
    const cols = Math.max(2, size.cols);
    const rows = Math.max(1, size.rows);
    this.#xterm.resize(cols, rows);
    if (this.#told === `${cols}x${rows}`) return;
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
    this.#xterm.dispose();
  }

  async #attach(): Promise<void> {
    const { client, terminal, onExit, onFailure } = this.#options;
    const { signal } = this.#abort;
    try {
      await feedTerminal({
        events: client.terminal.attach({ terminal }, { signal }),
        screen: this.#xterm,
        onSnapshot: () => {
          this.#attached = true;
          this.fit();
        },
        onExit,
        onOutput: () => {
          clearTimeout(this.#quietTimer);
          this.#quietTimer = setTimeout(this.#options.onQuiet, QUIET_AFTER_MS);
        },
      });
    } catch (thrown) {
      if (!signal.aborted && !isCancelled(thrown)) onFailure(thrown);
    }
  }

  #connectInput(): void {
    const { client, terminal, onTitle } = this.#options;
    const input = new TerminalInput((text) => client.terminal.write({ terminal, text }));
    this.#xterm.onData((text) => input.type(text));
    this.#xterm.onTitleChange(onTitle);
    this.#xterm.attachCustomKeyEventHandler((event) => this.#handleKey(event));
  }

  /** False where the key is not the terminal's but the window's. Ctrl+Shift+V is left to the browser, which fires the paste by itself. */
  #handleKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey && (event.key === 'PageUp' || event.key === 'PageDown')) return false;
    if (event.type !== 'keydown' || !event.shiftKey || !(event.ctrlKey || event.metaKey)) return true;
    if (event.code === 'KeyV') return false;
    if (event.code === 'KeyC') {
      event.preventDefault();
      if (this.#xterm.hasSelection()) void navigator.clipboard.writeText(this.#xterm.getSelection());
      return false;
    }
    if (event.code !== 'KeyF') return true;
    event.preventDefault();
    this.#options.onFind();
    return false;
  }

  #openLink(event: MouseEvent, url: string): void {
    if (!event.ctrlKey && !event.metaKey) return;
    this.#options.client.window.openExternal({ url }).catch(this.#options.onFailure);
  }
}
