import { SerializeAddon } from '@xterm/addon-serialize';
import headless, { type Terminal } from '@xterm/headless';
import { DeferredScreen } from './deferred-screen.ts';

const OSC_HYPERLINK = 8;
/** What shells say of their commands, of FinalTerm and of VS Code: with the letter D that one has ended. */
const OSC_COMMANDS = [133, 633];
/** Of a title, as much as anybody shows. */
const TITLE_CHARACTERS = 400;

/** Lines that are kept beside the screen where nobody says how many. */
const SCROLLBACK_LINES = 10_000;

export interface MirrorSize {
  readonly cols: number;
  readonly rows: number;
}

export interface MirrorSnapshot extends MirrorSize {
  /** What rebuilds scrollback, screen, cursor, modes and title in a terminal of this size, and a sequence that was begun. */
  readonly text: string;
}

interface Mirrored {
  readonly terminal: Terminal;
  readonly serializer: SerializeAddon;
  readonly screen: DeferredScreen;
  /** What its program calls it. */
  title: string;
}

export interface MirrorOpening extends MirrorSize {
  readonly id: string;
  readonly scrollbackLines?: number | undefined;
}

/** Terminals without a screen, by id. Runs in the worker; what is asked of one terminal takes effect in the order asked. */
export class MirrorTerminals {
  readonly #terminals = new Map<string, Mirrored>();

  /** Starts with an empty screen, also where there was one. */
  open({ id, cols, rows, scrollbackLines = SCROLLBACK_LINES }: MirrorOpening): void {
    this.close({ id });
    const terminal = new headless.Terminal({ cols, rows, scrollback: scrollbackLines, allowProposedApi: true });
    const serializer = new SerializeAddon();
    terminal.loadAddon(serializer);
    // The serializer knows no links: it would give one that is open as a real underline, which then would not end with it.
    terminal.parser.registerOscHandler(OSC_HYPERLINK, () => true);
    const mirrored: Mirrored = { terminal, serializer, screen: new DeferredScreen({ terminal }), title: '' };
    followTitle(mirrored);
    this.#terminals.set(id, mirrored);
  }

  /** Whole characters of UTF-8. Resolves when more may come, with how many lines of it stay where it is plain; undefined while that is not known. */
  async write({ id, bytes }: { id: string; bytes: Uint8Array }): Promise<number | undefined> {
    const screen = this.#terminals.get(id)?.screen;
    await screen?.write(bytes);
    return screen?.keptLines;
  }

  async resize({ id, cols, rows }: MirrorSize & { id: string }): Promise<void> {
    const mirrored = this.#terminals.get(id);
    if (mirrored === undefined) return;
    await mirrored.screen.look(() => mirrored.terminal.resize(cols, rows));
  }

  /** With everything that was written before it was asked for, and nothing later; links come as plain text. Throws for an unknown terminal. */
  async snapshot({ id }: { id: string }): Promise<MirrorSnapshot> {
    const mirrored = this.#terminals.get(id);
    if (mirrored === undefined) throw new Error('Cannot show the terminal: it is not mirrored');
    const { terminal, serializer, screen } = mirrored;
    return screen.look(() => ({
      text: serializer.serialize() + titleSequence(mirrored.title) + screen.unfinished,
      cols: terminal.cols,
      rows: terminal.rows,
    }));
  }

  close({ id }: { id: string }): void {
    this.#terminals.get(id)?.screen[Symbol.dispose]();
    this.#terminals.delete(id);
  }
}

/** A title is that of the command that gave it, where the shell tells when one ends. */
function followTitle(mirrored: Mirrored): void {
  const { terminal } = mirrored;
  terminal.onTitleChange((title) => {
    mirrored.title = title.slice(0, TITLE_CHARACTERS);
  });
  for (const sequence of OSC_COMMANDS) {
    terminal.parser.registerOscHandler(sequence, (data) => {
      if (data.startsWith('D')) mirrored.title = '';
      return true;
    });
  }
}

function titleSequence(title: string): string {
  return title === '' ? '' : `\x1b]2;${title}\x1b\\`;
}
