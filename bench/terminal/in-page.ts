/** What the bench asks of the page while somebody types; given to it as a script, so it holds no imports. */
export interface TerminalProbe {
  /** Watches the rows of a pane, and what is typed, until the mark is on the screen; from the Enter key to the frame that shows it. */
  untilShown(pane: string, mark: string): Promise<number>;
  /** True once the letter is nowhere in the pane. */
  isClear(pane: string): boolean;
  /** Types are watched from now on: from each key to the rows that show it. */
  watchEcho(pane: string): void;
  /** Resolves with the time from the key to the drawn echo, in milliseconds, when the next letter is there. */
  nextEcho(): Promise<number>;
  /** Collects what comes from the kernel for the terminal's stream. */
  collect(): void;
  /** Everything that was printed since, as one text. */
  collected(): string;
}

interface CollectedFrame {
  readonly type?: string;
  readonly params?: { readonly type?: string; readonly text?: string; readonly bytes?: Uint8Array };
}

const ECHO_LIMIT_MS = 30_000;
const LAST_ROWS = 4;

function rowsOf(pane: string): HTMLElement {
  const rows = document.querySelector<HTMLElement>(`${pane} .xterm-rows`);
  if (rows === null) throw new Error(`Cannot watch ${pane}: it shows no rows`);
  return rows;
}

/** Looks at the last rows only: to read all of them in each frame would cost as much as some of the drawing. */
function hasAtItsEnd(rows: HTMLElement, mark: string): boolean {
  return [...rows.children].slice(-LAST_ROWS).some((row) => row.textContent.includes(mark));
}

let keyAtMs = 0;
let echoed: (tookMs: number) => void = () => undefined;
let pieces: string[] | undefined;
const decoder = new TextDecoder();

const probe: TerminalProbe = {
  async untilShown(pane, mark) {
    const startedMs = await new Promise<number>((resolve) => {
      const onKey = (event: KeyboardEvent): void => {
        if (event.key !== 'Enter') return;
        removeEventListener('keydown', onKey, true);
        resolve(performance.now());
      };
      addEventListener('keydown', onKey, true);
    });
    while (!hasAtItsEnd(rowsOf(pane), mark)) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - startedMs;
  },
  isClear: (pane) => !rowsOf(pane).textContent.includes('x'),
  watchEcho(pane) {
    const letters = (): number => rowsOf(pane).textContent.split('x').length;
    let before = letters();
    addEventListener('keydown', (event) => void (event.key === 'x' && (keyAtMs = event.timeStamp)), true);
    new MutationObserver(() => {
      const now = letters();
      if (now > before) echoed(performance.now() - keyAtMs);
      before = now;
    }).observe(rowsOf(pane), { subtree: true, childList: true, characterData: true });
  },
  nextEcho: () =>
    new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('Cannot measure an echo: none came')), ECHO_LIMIT_MS);
      echoed = resolve;
    }),
  collect() {
    if (pieces === undefined) {
      addEventListener('message', ({ data }) => {
        // The kernel's frames; only those of a terminal's stream have a text or bytes.
        const { frames = [] } = Object(data) as { frames?: CollectedFrame[] };
        for (const { type, params } of frames) {
          if (type !== 'event') continue;
          if (params?.type === 'text') pieces?.push(params.text ?? '');
          else if (params?.type === 'bytes') pieces?.push(decoder.decode(params.bytes, { stream: true }));
        }
      });
    }
    pieces = [];
  },
  collected() {
    const text = (pieces ?? []).join('');
    pieces = [];
    return text;
  },
};

Object.assign(globalThis, { terminalProbe: probe });
