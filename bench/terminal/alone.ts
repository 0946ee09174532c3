import { Terminal, type ITerminalOptions } from '@xterm/xterm';

/** What `terminal.ts` asks of the page that this is given to. */
export interface AloneTerminal {
  /**
   * Has xterm.js alone, over the pane and of its size, read a text from memory; gives how long that took until it was drawn, in
   * milliseconds.
   */
  parse(pane: string, size: AloneSize, text: AloneText): Promise<number>;
}

export interface AloneSize {
  readonly cols: number;
  readonly rows: number;
}

export interface AloneText {
  readonly block: string;
  readonly blocks: number;
}

/** So many blocks are always there to be read. */
const AHEAD = 16;
/** Of the window's own terminals, which the bench leaves as they are by default. */
const OPTIONS: ITerminalOptions = { fontSize: 13, lineHeight: 1.15, scrollback: 10_000, minimumContrastRatio: 4.5 };

const alone: AloneTerminal = {
  async parse(pane, size, { block, blocks }) {
    const place = document.querySelector<HTMLElement>(pane);
    const rows = place?.querySelector('.xterm-rows');
    if (!place || !rows) throw new Error('Cannot measure xterm.js alone: there is no pane to measure it in');
    const host = place.appendChild(document.createElement('div'));
    host.style.cssText = 'position: absolute; inset: 0; z-index: 9';
    const style = getComputedStyle(rows);
    const xterm = new Terminal({ ...OPTIONS, fontFamily: style.fontFamily, ...size });
    xterm.open(host);
    await nextFrame();
    const startedMs = performance.now();
    await written(xterm, { block, blocks });
    await nextFrame();
    const tookMs = performance.now() - startedMs;
    xterm.dispose();
    host.remove();
    return tookMs;
  },
};

/** Resolves when all of it has been read. */
async function written(xterm: Terminal, { block, blocks }: AloneText): Promise<void> {
  const underWay: Promise<void>[] = [];
  for (let made = 0; made < blocks; made += 1) {
    underWay.push(new Promise((resolve) => xterm.write(block, resolve)));
    if (underWay.length >= AHEAD) await underWay.shift();
  }
  await Promise.all(underWay);
}

function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

Object.assign(globalThis, { aloneTerminal: alone });
