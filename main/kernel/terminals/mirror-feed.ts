import type { TerminalId } from '../../../schema/entities.ts';
import type { TerminalMirror, TerminalSize } from './ports.ts';

export interface MirrorFeedOptions {
  readonly terminal: TerminalId;
  readonly mirror: TerminalMirror;
  /** Everything before this offset has been taken in, or never will be. */
  readonly onTaken: (endOffset: number) => void;
  readonly onFailure: (operation: string, cause: unknown) => void;
}

/**
 * What one terminal has its mirror do, in order. One write is under way at a time and what is printed meanwhile goes with the next: the
 * mirror lives in another thread, and each message to it and back costs as much as reading what is in it.
 */
export class MirrorFeed {
  readonly #options: MirrorFeedOptions;
  #waiting: Uint8Array[] = [];
  #endOffset = 0;
  #isWriting = false;

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
    if (!this.#isWriting) void this.#writeAll();
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
    void this.#run('close', (mirror, terminal) => mirror.close(terminal));
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) await this.#flush();
    this.#isWriting = false;
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    const endOffset = this.#endOffset;
    this.#waiting = [];
    await this.#run('write', (mirror, terminal) => mirror.write(terminal, bytes));
    this.#options.onTaken(endOffset);
  }

  /** Without its mirror a terminal goes on; only who joins later sees less. */
  async #run(operation: string, run: (mirror: TerminalMirror, terminal: TerminalId) => Promise<void>): Promise<void> {
    const { mirror, terminal, onFailure } = this.#options;
    try {
      await run(mirror, terminal);
    } catch (cause) {
      onFailure(operation, cause);
    }
  }
}
