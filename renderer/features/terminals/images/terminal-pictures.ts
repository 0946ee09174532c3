import type { ImageAddon } from '@xterm/addon-image';
import type { Terminal } from '@xterm/xterm';
import type { PicturePlace } from './inline-file.ts';
import type { PrintedPicture } from './picture.ts';
import { PictureDecoder } from './picture-decoder.ts';
import { pixelLimit, shareRoom } from './picture-room.ts';
import { PictureTime } from './picture-time.ts';
import { PrintedPictures } from './printed-pictures.ts';

/** Until the pane has a size. */
const CELL = { width: 8, height: 16 };

/**
 * The add-on offers no way to hand it a picture that somebody else decoded. Its own decoders are WebAssembly that is compiled in the page, which
 * the page's policy refuses.
 */
interface PictureStorage {
  readonly _storage?: { addImage(image: ImageBitmap): void };
}

/** Pictures in one terminal: decoded in a worker, kept and drawn by xterm.js's add-on, which is loaded for the first. */
export class TerminalPictures implements Disposable {
  readonly #terminal: Terminal;
  readonly #decoder = new PictureDecoder();
  readonly #time = new PictureTime(() => performance.now());
  readonly #printed: PrintedPictures;
  #addon: ImageAddon | undefined;
  #room: Disposable | undefined;
  #state: 'on' | 'off' | 'ended';

  constructor(terminal: Terminal, state: 'on' | 'off') {
    this.#terminal = terminal;
    this.#state = state;
    this.#printed = new PrintedPictures({
      parser: terminal.parser,
      isOn: () => this.#state === 'on',
      show: async (picture) => (this.#time.isLeft ? this.#time.spend(() => this.#show(picture)) : undefined),
      place: () => this.#place(),
      answer: (text) => terminal.input(text, false),
    });
  }

  /** What is shown already stays until it scrolls away. */
  turn(state: 'on' | 'off'): void {
    this.#state = state;
  }

  [Symbol.dispose](): void {
    this.#state = 'ended';
    this.#printed[Symbol.dispose]();
    this.#decoder[Symbol.dispose]();
    this.#room?.[Symbol.dispose]();
  }

  async #show(picture: PrintedPicture): Promise<void> {
    const image = await this.#decoder.decode({ picture, place: this.#place(), limit: pixelLimit(this.#addon) });
    if (image === undefined) return;
    const addon: (ImageAddon & PictureStorage) | undefined = await this.#loaded();
    if (addon?._storage === undefined) image.close();
    else addon._storage.addImage(image);
  }

  async #loaded(): Promise<ImageAddon | undefined> {
    const { ImageAddon } = await import('@xterm/addon-image');
    if (this.#state === 'ended') return undefined;
    if (this.#addon !== undefined) return this.#addon;
    const addon = new ImageAddon({ enableSizeReports: false, sixelSupport: false, iipSupport: false });
    this.#terminal.loadAddon(addon);
    this.#addon = addon;
    this.#room = shareRoom(addon);
    return addon;
  }

  #place(): PicturePlace {
    const { cols, rows, element } = this.#terminal;
    const { width = 0, height = 0 } = element?.querySelector('.xterm-screen')?.getBoundingClientRect() ?? {};
    const pane = width * height > 0 ? { width, height } : { width: cols * CELL.width, height: rows * CELL.height };
    return { pane, cell: { width: pane.width / cols, height: pane.height / rows } };
  }
}
