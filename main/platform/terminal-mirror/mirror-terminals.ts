import { SerializeAddon } from '@xterm/addon-serialize';
import headless, { type Terminal } from '@xterm/headless';
import { EscapeTail } from './escape-tail.ts';

const OSC_HYPERLINK = 8;
const SCROLLBACK_LINES = 10_000;

export interface MirrorSize {
  readonly cols: number;
  readonly rows: number;
}

export interface MirrorSnapshot extends MirrorSize {
  /** What rebuilds scrollback, screen, cursor and modes in a terminal of this size, and a sequence that was begun. */
  readonly text: string;
}

interface Mirrored {
  readonly terminal: Terminal;
  readonly serializer: SerializeAddon;
  readonly tail: EscapeTail;
}

/** Terminals without a screen, by id. Runs in the worker; what is asked of one terminal takes effect in the order asked. */
export class MirrorTerminals {
  readonly #terminals = new Map<string, Mirrored>();

  /** Starts with an empty screen, also where there was one. */
  open({ id, cols, rows }: MirrorSize & { id: string }): void {
    this.close({ id });
    const terminal = new headless.Terminal({ cols, rows, scrollback: SCROLLBACK_LINES, allowProposedApi: true });
    const serializer = new SerializeAddon();
    terminal.loadAddon(serializer);
    // The serializer knows no links: it would give one that is open as a real underline, which then would not end with it.
    terminal.parser.registerOscHandler(OSC_HYPERLINK, () => true);
    this.#terminals.set(id, { terminal, serializer, tail: new EscapeTail() });
  }

  /** Resolves when the text has been taken in. */
  write({ id, text }: { id: string; text: string }): Promise<void> {
    const mirrored = this.#terminals.get(id);
    if (mirrored === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      mirrored.terminal.write(text, () => {
        mirrored.tail.push(text);
        resolve();
      });
    });
  }

  resize({ id, cols, rows }: MirrorSize & { id: string }): Promise<void> {
    const terminal = this.#terminals.get(id)?.terminal;
    if (terminal === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      terminal.write('', () => {
        terminal.resize(cols, rows);
        resolve();
      });
    });
  }

  /** With everything that was written before it was asked for, and nothing later; links come as plain text. Throws for an unknown terminal. */
  snapshot({ id }: { id: string }): Promise<MirrorSnapshot> {
    const mirrored = this.#terminals.get(id);
    if (mirrored === undefined) return Promise.reject(new Error('Cannot show the terminal: it is not mirrored'));
    const { terminal, serializer, tail } = mirrored;
    return new Promise((resolve) => {
      terminal.write('', () => {
        resolve({ text: serializer.serialize() + tail.text, cols: terminal.cols, rows: terminal.rows });
      });
    });
  }

  close({ id }: { id: string }): void {
    this.#terminals.get(id)?.terminal.dispose();
    this.#terminals.delete(id);
  }
}
