import type { TerminalId } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';
import { HeldOutput } from './held-output.ts';
import type { TerminalMirror, TerminalSize } from './ports.ts';

/** Nothing more has come for so long: the mirror is given what is held. */
const QUIET_MS = 250;

export interface MirrorFeedOptions {
  readonly terminal: TerminalId;
  readonly mirror: TerminalMirror;
  readonly clock: Clock;
  /** Everything before this offset has been taken in, or never will be. */
  readonly onTaken: (endOffset: number) => void;
  readonly onFailure: (operation: string, cause: unknown) => void;
}

/**
 * What one terminal has its mirror do, in order. One write is under way at a time and what is printed meanwhile goes with the next: the
 * mirror lives in another thread, and each message to it and back costs as much as reading what is in it. Of plain output it is given, once
 * nothing more comes or somebody wants to see it, what stays.
 */
export class MirrorFeed {
  readonly #options: MirrorFeedOptions;
  readonly #held = new HeldOutput();
  /** Behind what is held. */
  #waiting: Uint8Array[] = [];
  #endOffset = 0;
  #isWriting = false;
  /** What the mirror said to the last thing it was asked to do; undefined until then. */
  #keptLines: number | undefined;
  /** Counts what the mirror was asked to do. */
  #turn = 0;
  #timer: Disposable | undefined;
  #isQuiet = true;

  constructor(options: MirrorFeedOptions) {
    this.#options = options;
  }

  open(size: TerminalSize): void {
    void this.#run('open', (mirror, terminal) => mirror.open(terminal, size));
  }

  /** Whole characters of UTF-8. */
  write(bytes: Uint8Array, endOffset: number): void {
    this.#waiting.push(bytes);
    this.#endOffset = endOffset;
    this.#isQuiet = false;
    if (!this.#isWriting && !this.#hold()) void this.#writeAll();
  }

  resize(size: TerminalSize): void {
    void this.#flush();
    void this.#run('resize', (mirror, terminal) => mirror.resize(terminal, size));
  }

  /** With everything that was written before it was asked for. */
  async snapshot(): Promise<TerminalSize & { readonly text: string }> {
    void this.#flush();
    return this.#options.mirror.snapshot(this.#options.terminal);
  }

  close(): void {
    this.#waiting = [];
    this.#held.release();
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    void this.#run('close', (mirror, terminal) => mirror.close(terminal));
  }

  /** Keeps what waits from the mirror; false where it must have it. */
  #hold(): boolean {
    while (this.#waiting.length > 0) {
      const [next] = this.#waiting;
      if (next === undefined || this.#keptLines === undefined || !this.#held.push(next, this.#keptLines)) return false;
      this.#waiting.shift();
    }
    this.#options.onTaken(this.#endOffset);
    this.#watch();
    return true;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    do await this.#flush();
    while (this.#waiting.length > 0 && !this.#hold());
    this.#isWriting = false;
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0 && this.#held.length === 0) return;
    const bytes = Buffer.concat([this.#held.take(), ...this.#waiting]);
    const endOffset = this.#endOffset;
    this.#waiting = [];
    const turn = this.#turn + 1;
    const keptLines = await this.#run('write', (mirror, terminal) => mirror.write(terminal, bytes));
    if (this.#turn === turn) this.#keptLines = keptLines;
    this.#options.onTaken(endOffset);
  }

  #watch(): void {
    this.#timer ??= this.#options.clock.setTimer(QUIET_MS, () => {
      this.#timer = undefined;
      if (!this.#isQuiet) {
        this.#isQuiet = true;
        this.#watch();
        return;
      }
      void this.#flush();
      this.#held.release();
    });
  }

  /** Without its mirror a terminal goes on; only who joins later sees less. */
  async #run<T>(
    operation: string,
    run: (mirror: TerminalMirror, terminal: TerminalId) => Promise<T>,
  ): Promise<T | undefined> {
    const { mirror, terminal, onFailure } = this.#options;
    this.#turn += 1;
    this.#keptLines = undefined;
    try {
      return await run(mirror, terminal);
    } catch (cause) {
      onFailure(operation, cause);
      return undefined;
    }
  }
}
