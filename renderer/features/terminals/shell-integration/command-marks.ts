import type { IDecoration, IDisposable, IMarker, Terminal } from '@xterm/xterm';
import { INNER_WORKSPACE } from '../links/workspace-path.ts';

/** What a shell says of its commands: the sequences of FinalTerm (OSC 133), and of VS Code (OSC 633), which has the same letters. */
const SEQUENCES = [133, 633];
/** OSC 7: the folder that the shell is in, as a file's address. */
const FOLDER_SEQUENCE = 7;
/** Commands that are marked; those before are only text. */
const LIMIT = 1000;
/** A shorter command needs no time beside it. */
const WORTH_TELLING_MS = 1000;
const LABEL_COLUMNS = 16;

/** A command that has ended. */
export interface MarkedCommand {
  readonly exitCode: number;
  readonly durationMs: number;
}

interface Command {
  readonly prompt: IMarker;
  output: IMarker | undefined;
  end: IMarker | undefined;
  startedAtMs: number;
  ended: MarkedCommand | undefined;
  decorations: IDecoration[];
}

export interface CommandMarksOptions {
  readonly now: () => number;
  /** What stands beside a command that has ended; a screen reader has it from the terminal's own text. */
  readonly describe: (command: MarkedCommand) => string;
  readonly onEnd: (command: MarkedCommand) => void;
}

/** Where each command of a shell begins and ends, how it ended and how long it took. Without a word of the shell there are none. */
export class CommandMarks implements Disposable {
  readonly #terminal: Terminal;
  readonly #options: CommandMarksOptions;
  readonly #handlers: IDisposable[];
  #commands: Command[] = [];
  #folder = INNER_WORKSPACE;

  constructor(terminal: Terminal, options: CommandMarksOptions) {
    this.#terminal = terminal;
    this.#options = options;
    this.#handlers = SEQUENCES.map((number) =>
      terminal.parser.registerOscHandler(number, (data) => this.#take(data.split(';'))),
    );
    this.#handlers.push(terminal.parser.registerOscHandler(FOLDER_SEQUENCE, (data) => this.#enter(data)));
  }

  /** The folder that the shell says it is in. */
  get folder(): string {
    return this.#folder;
  }

  /** Scrolls to the command before or after the first line in sight; nothing where there is none. */
  scroll(to: 'previous' | 'next'): void {
    const top = this.#terminal.buffer.active.viewportY;
    const lines = this.#alive().map((command) => command.prompt.line);
    const line = to === 'previous' ? lines.findLast((each) => each < top) : lines.find((each) => each > top);
    if (line !== undefined) this.#terminal.scrollToLine(line);
    else if (to === 'next') this.#terminal.scrollToBottom();
  }

  /** What the last command that has ended printed; undefined where none has, or it scrolled away. */
  lastOutput(): string | undefined {
    const last = this.#alive().findLast((command) => command.ended !== undefined);
    if (last?.output === undefined || last.end === undefined || last.output.isDisposed || last.end.isDisposed)
      return undefined;
    const lines: string[] = [];
    const { normal } = this.#terminal.buffer;
    for (let at = last.output.line; at < last.end.line; at += 1) {
      const line = normal.getLine(at);
      const text = line?.translateToString(true) ?? '';
      if (line?.isWrapped === true && lines.length > 0) lines.push((lines.pop() ?? '') + text);
      else lines.push(text);
    }
    return lines.join('\n');
  }

  [Symbol.dispose](): void {
    for (const handler of this.#handlers) handler.dispose();
    for (const command of this.#commands) this.#forget(command);
    this.#commands = [];
  }

  #alive(): Command[] {
    return this.#commands.filter((command) => !command.prompt.isDisposed);
  }

  #take([letter, detail]: string[]): boolean {
    if (letter === 'A') this.#onPrompt();
    else if (letter === 'C') this.#onStart();
    else if (letter === 'D') this.#onEnd(Number(detail ?? 0));
    return true;
  }

  #onPrompt(): void {
    const last = this.#commands.at(-1);
    // A prompt that nothing was run at is drawn again after a resize or an empty line.
    if (last !== undefined && last.output === undefined) this.#forget(this.#commands.pop());
    this.#add(this.#terminal.registerMarker(0));
  }

  #add(prompt: IMarker): void {
    this.#commands.push({
      prompt,
      output: undefined,
      end: undefined,
      startedAtMs: 0,
      ended: undefined,
      decorations: [],
    });
    if (this.#commands.length > LIMIT) this.#forget(this.#commands.shift());
  }

  #onStart(): void {
    // The prompt came before this window did: the line above is the end of what was typed at it.
    if (this.#commands.at(-1)?.output !== undefined || this.#commands.length === 0) {
      this.#add(this.#terminal.registerMarker(this.#lineAbove()));
    }
    const last = this.#commands.at(-1);
    if (last === undefined) return;
    last.output = this.#terminal.registerMarker(0);
    last.startedAtMs = this.#options.now();
  }

  /** Where the line above the cursor begins, which may have been wrapped, as rows from the cursor's. */
  #lineAbove(): number {
    const { active } = this.#terminal.buffer;
    let rows = -1;
    while (active.getLine(active.baseY + active.cursorY + rows)?.isWrapped === true) rows -= 1;
    return rows;
  }

  #onEnd(exitCode: number): void {
    const last = this.#commands.at(-1);
    if (last?.output === undefined || last.ended !== undefined || !Number.isInteger(exitCode)) return;
    last.end = this.#terminal.registerMarker(0);
    last.ended = { exitCode, durationMs: this.#options.now() - last.startedAtMs };
    this.#decorate(last, last.ended);
    this.#options.onEnd(last.ended);
  }

  #enter(data: string): boolean {
    try {
      const { protocol, pathname } = new URL(data);
      if (protocol === 'file:') this.#folder = decodeURIComponent(pathname);
    } catch {
      // Not an address: the folder stays what it was.
    }
    return true;
  }

  #decorate(command: Command, ended: MarkedCommand): void {
    const tone = ended.exitCode === 0 ? 'good' : 'bad';
    const words = this.#options.describe(ended);
    this.#draw(command, { width: 1 }, (element) => {
      element.classList.add('command-mark', `command-mark-${tone}`);
      element.title = words;
    });
    if (tone === 'good' && ended.durationMs < WORTH_TELLING_MS) return;
    this.#draw(command, { anchor: 'right', x: 1, width: LABEL_COLUMNS }, (element) => {
      element.classList.add('command-time', `command-time-${tone}`);
      element.textContent = words;
    });
  }

  #draw(
    command: Command,
    place: { anchor?: 'right'; x?: number; width: number },
    draw: (element: HTMLElement) => void,
  ): void {
    const decoration = this.#terminal.registerDecoration({ marker: command.prompt, ...place });
    decoration?.onRender(draw);
    if (decoration) command.decorations.push(decoration);
  }

  #forget(command: Command | undefined): void {
    for (const decoration of command?.decorations ?? []) decoration.dispose();
    for (const marker of [command?.prompt, command?.output, command?.end]) marker?.dispose();
  }
}
