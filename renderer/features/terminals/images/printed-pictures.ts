import type { PicturePlace } from './inline-file.ts';
import type { PrintedPicture } from './picture.ts';

const ITERM_SEQUENCE = 1337;
/** A terminal of the kind of a VT220 with sixel graphics, national sets and colours. */
const DEVICE = '\x1b[?62;4;9;22c';
const COLOURS = 256;
const ATTRIBUTE = { colours: 1, geometry: 2 } as const;
const ACTION = { read: 1, readMost: 4 } as const;
const STATUS = { done: 0, unknownAttribute: 1, failed: 3 } as const;

type Parameters = readonly (number | number[])[];
type Sequence = { readonly prefix?: string; readonly final: string };

/** What reads a terminal's output; xterm.js with a screen or without. */
export interface PictureParser {
  registerDcsHandler(id: Sequence, handle: (data: string) => Promise<boolean>): Disposing;
  registerOscHandler(id: number, handle: (data: string) => Promise<boolean>): Disposing;
  registerCsiHandler(id: Sequence, handle: (parameters: Parameters) => boolean): Disposing;
}

interface Disposing {
  dispose(): void;
}

export interface PrintedPicturesOptions {
  readonly parser: PictureParser;
  /** Asked for each; where they are off, the terminal is one that has none. */
  readonly isOn: () => boolean;
  /** Shows it where the cursor is. What is printed after it waits until then; a failure is a picture that is not shown. */
  readonly show: (picture: PrintedPicture) => Promise<void>;
  readonly place: () => PicturePlace;
  /** For the program that asked. */
  readonly answer: (text: string) => void;
}

/**
 * Finds the pictures in a terminal's output – sixel, and iTerm2's inline files – and says to programs that ask that it does. One of more than
 * 10 million characters is passed over by the parser itself.
 */
export class PrintedPictures implements Disposable {
  readonly #options: PrintedPicturesOptions;
  readonly #handlers: readonly Disposing[];

  constructor(options: PrintedPicturesOptions) {
    this.#options = options;
    const { parser, isOn } = options;
    this.#handlers = [
      parser.registerDcsHandler({ final: 'q' }, (text) => this.#show({ protocol: 'sixel', text })),
      parser.registerOscHandler(ITERM_SEQUENCE, async (text) =>
        text.startsWith('File=') ? this.#show({ protocol: 'iterm', text }) : false,
      ),
      parser.registerCsiHandler({ final: 'c' }, ([which = 0]) => isOn() && which === 0 && this.#answer(DEVICE)),
      parser.registerCsiHandler({ prefix: '?', final: 'S' }, (asked) => isOn() && this.#answer(this.#attribute(asked))),
    ];
  }

  [Symbol.dispose](): void {
    for (const handler of this.#handlers) handler.dispose();
  }

  async #show(picture: PrintedPicture): Promise<boolean> {
    if (this.#options.isOn()) await this.#options.show(picture).catch(() => undefined);
    return true;
  }

  #answer(text: string): true {
    this.#options.answer(text);
    return true;
  }

  /** XTSMGRAPHICS of xterm: what is asked is answered, nothing can be set. */
  #attribute([attribute, action]: Parameters): string {
    const which = Number(attribute) || 0;
    if (which !== ATTRIBUTE.colours && which !== ATTRIBUTE.geometry)
      return `\x1b[?${which};${STATUS.unknownAttribute}S`;
    if (action !== ACTION.read && action !== ACTION.readMost) return `\x1b[?${which};${STATUS.failed}S`;
    if (which === ATTRIBUTE.colours) return `\x1b[?${which};${STATUS.done};${COLOURS}S`;
    const { width, height } = this.#options.place().pane;
    return `\x1b[?${which};${STATUS.done};${Math.floor(width)};${Math.floor(height)}S`;
  }
}
