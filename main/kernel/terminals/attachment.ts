import type { TerminalEvent } from '../../../schema/contract/terminal.ts';
import type { Clock } from '../../base/clock.ts';
import type { TerminalSize } from './ports.ts';
import { characterStart } from './whole-characters.ts';

/**
 * Output goes out in events of at most so many bytes: no single one holds up whoever shows it, and a message of less than 64 KiB reaches
 * the window through its pipe; a longer one would be given memory of its own, which takes many times as long. A little more than an agent
 * sends at once, as what was held back of a character comes with it.
 */
const EVENT_BYTES = 61 * 1024;
/** The same for a picture, which is text with up to two bytes a character. */
const PICTURE_CHARACTERS = EVENT_BYTES / 2;
/** Who has not read for so long is not waited for any more; it starts over with a fresh snapshot when it reads again. */
const LAG_LIMIT_MS = 10_000;

/** Something that was printed, in whole characters, and the offset of the byte after it. */
export interface Printed {
  readonly bytes: Buffer;
  readonly endOffset: number;
}

export interface Snapshot {
  /** Everything before it is in the picture. */
  readonly offset: number;
  readonly picture: Promise<TerminalSize & { readonly text: string }>;
}

export interface AttachmentOptions<E> {
  readonly clock: Clock;
  /** Asks for a fresh picture; what is printed from this call on comes after it. */
  readonly snapshot: () => Snapshot;
  /** In what form it is told what was printed. */
  readonly eventOf: (bytes: Buffer) => E;
  /** Called when it has read on, or is no longer waited for. */
  readonly onProgress: () => void;
}

type Queued = Printed | { readonly event: TerminalEvent };

/** One reader of a terminal. What it has not read holds the terminal back, up to a time. */
export class Attachment<E> {
  readonly #options: AttachmentOptions<E>;
  #queue: Queued[] = [];
  #readOffset = 0;
  #lag: Disposable | undefined;
  /** Not waited for: before it reads, and after it has not read for too long. What is printed meanwhile is in the next snapshot. */
  #isLeftBehind = true;
  #ended = false;
  #exitCode: number | undefined;
  #wake: (() => void) | undefined;

  constructor(options: AttachmentOptions<E>) {
    this.#options = options;
  }

  /** Bytes up to here need not be kept for it. */
  get readOffset(): number {
    return this.#isLeftBehind ? Number.POSITIVE_INFINITY : this.#readOffset;
  }

  print(printed: Printed): void {
    this.#push(printed);
  }

  tell(event: TerminalEvent): void {
    this.#push({ event });
  }

  /** What is queued is still read, then the exit when there was one. */
  end(exitCode?: number): void {
    this.#ended = true;
    this.#exitCode = exitCode;
    this.#wake?.();
  }

  /** Snapshot first, then what came since; again whenever it had to be left behind. */
  async *read(signal: AbortSignal): AsyncGenerator<TerminalEvent | E, void, undefined> {
    const stop = (): void => this.end();
    signal.addEventListener('abort', stop, { once: true });
    try {
      do {
        this.#isLeftBehind = false;
        yield* this.#snapshot();
        yield* this.#live(signal);
      } while (this.#isLeftBehind && !signal.aborted);
      if (this.#exitCode !== undefined && !signal.aborted) yield { type: 'exit', exitCode: this.#exitCode };
    } finally {
      signal.removeEventListener('abort', stop);
      this.#lag?.[Symbol.dispose]();
      this.#isLeftBehind = true;
      this.#options.onProgress();
    }
  }

  async *#snapshot(): AsyncGenerator<TerminalEvent, void, undefined> {
    const { offset, picture } = this.#options.snapshot();
    this.#readOffset = offset;
    const { text, cols, rows } = await picture;
    const [first = '', ...rest] = pieces(text);
    yield { type: 'snapshot', text: first, cols, rows };
    for (const piece of rest) yield { type: 'text', text: piece };
  }

  async *#live(signal: AbortSignal): AsyncGenerator<TerminalEvent | E, void, undefined> {
    while (!this.#isLeftBehind && !signal.aborted) {
      const next = this.#queue[0];
      if (next === undefined) {
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if ('event' in next) {
        this.#queue.shift();
        yield next.event;
      } else yield* this.#takeOutput();
    }
  }

  /** All output up to the next event, as one piece where it is short. It is a copy: whoever is told of it has it alone. */
  async *#takeOutput(): AsyncGenerator<E, void, undefined> {
    const taken: Buffer[] = [];
    let length = 0;
    let endOffset = this.#readOffset;
    for (let next = this.#queue[0]; next !== undefined && !('event' in next); next = this.#queue[0]) {
      if (length > 0 && length + next.bytes.length > EVENT_BYTES) break;
      this.#queue.shift();
      taken.push(next.bytes);
      length += next.bytes.length;
      endOffset = next.endOffset;
    }
    for (const piece of eventPieces(Buffer.concat(taken, length))) yield this.#options.eventOf(piece);
    if (this.#isLeftBehind) return;
    // The reader has come back for more: it has taken this.
    this.#readOffset = endOffset;
    this.#watch();
    this.#options.onProgress();
  }

  #push(queued: Queued): void {
    if (this.#isLeftBehind || this.#ended) return;
    this.#queue.push(queued);
    this.#wake?.();
    if (this.#lag === undefined) this.#watch();
  }

  #watch(): void {
    this.#lag?.[Symbol.dispose]();
    this.#lag = undefined;
    if (this.#queue.length === 0) return;
    this.#lag = this.#options.clock.setTimer(LAG_LIMIT_MS, () => {
      this.#isLeftBehind = true;
      this.#queue = [];
      this.#lag = undefined;
      this.#options.onProgress();
    });
  }
}

function* eventPieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + EVENT_BYTES >= bytes.length ? bytes.length : characterStart(bytes, at + EVENT_BYTES);
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** Cuts between characters. */
function pieces(text: string): string[] {
  const cut: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + PICTURE_CHARACTERS, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end -= 1;
    cut.push(text.slice(at, end));
    at = end;
  }
  return cut;
}
