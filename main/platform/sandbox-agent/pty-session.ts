import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import { type PtyStart, resizePty, startPty } from './native-pty.ts';
import type { OwnChildren } from './own-children.ts';
import { killSession } from './process-tree.ts';

/** After the process's end the output is complete when nothing came for so long. */
const QUIET_MS = 30;
/** A full pty is tried again after this. */
const RETRY_MS = 5;
/** A pty gives at most 4 KiB at a time. */
const READ_BYTES = 16 * 1024;
/** What ignores a hang-up is killed after this. */
const HANG_UP_LIMIT_MS = 2000;

export interface PtySessionOptions {
  readonly start: Omit<PtyStart, 'onExit'>;
  readonly own: OwnChildren;
  /** The chunk is overwritten by the next one. */
  readonly onData: (chunk: Uint8Array) => void;
  /** After the last of the data. 128 + signal where a signal ended it. */
  readonly onExit: (exitCode: number) => void;
}

/** A process on a pseudo-terminal, from which not a byte is lost at its end. */
export class PtySession {
  readonly #options: PtySessionOptions;
  readonly #pid: number;
  readonly #fd: number;
  /** Our own hold on the process's side: without it the end of the process ends the reading, what is still in the pty lost. */
  readonly #hold: number;
  readonly #reader: ReadStream;
  readonly #toWrite: Uint8Array[] = [];
  #waitingWriters: (() => void)[] = [];
  #exited = false;
  #closed = false;

  /** Throws when the process cannot be started. */
  constructor(options: PtySessionOptions) {
    this.#options = options;
    const onExit = (code: number, signal: number): void => void this.#drain(signal > 0 ? 128 + signal : code);
    const started = options.own.start(() => startPty({ ...options.start, onExit }));
    this.#pid = started.pid;
    this.#fd = started.fd;
    this.#hold = openSync(started.pty, constants.O_RDWR | constants.O_NOCTTY);
    // One buffer for all that is read: memory of its own for each 4 KiB would cost more than reading them.
    const onread = { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: this.#take };
    this.#reader = new ReadStream(started.fd, { onread });
    this.#reader.resume();
    this.#reader.on('error', () => undefined); // EIO, when it is closed under a process that still writes.
  }

  /** Resolves when the process's side has taken it. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed || bytes.length === 0) return;
    this.#toWrite.push(bytes);
    if (this.#toWrite.length === 1) this.#flush();
    if (this.#toWrite.length > 0) await new Promise<void>((resolve) => this.#waitingWriters.push(resolve));
  }

  resize(cols: number, rows: number): void {
    if (!this.#closed) resizePty(this.#fd, cols, rows);
  }

  pause(): void {
    this.#reader.pause();
  }

  resume(): void {
    this.#reader.resume();
  }

  readonly #take = (length: number, buffer: Uint8Array): boolean => {
    this.#options.onData(buffer.subarray(0, length));
    return true;
  };

  /** Hangs up; what does not end by that is killed. */
  close(): void {
    if (this.#exited) return;
    this.#signal('SIGHUP');
    this.#signal('SIGCONT'); // A stopped job gets to see the hang-up.
    setTimeout(() => {
      if (!this.#exited) killSession(this.#pid);
    }, HANG_UP_LIMIT_MS).unref();
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#pid, signal);
    } catch {
      // It is gone already.
    }
  }

  #flush(): void {
    for (let bytes = this.#toWrite[0]; bytes !== undefined && !this.#closed; bytes = this.#toWrite[0]) {
      const written = this.#tryWrite(bytes);
      if (written === bytes.length) this.#toWrite.shift();
      else {
        this.#toWrite[0] = bytes.subarray(written);
        setTimeout(() => this.#flush(), RETRY_MS);
        return;
      }
    }
    this.#toWrite.length = 0;
    for (const resolve of this.#waitingWriters.splice(0)) resolve();
  }

  #tryWrite(bytes: Uint8Array): number {
    try {
      return writeSync(this.#fd, bytes);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EAGAIN') return 0;
      return bytes.length; // Nobody reads any more.
    }
  }

  /** What a dead process has written may still be on its way through the pty, or held back because the kernel is slow. */
  async #drain(exitCode: number): Promise<void> {
    this.#options.own.delete(this.#pid);
    this.#exited = true;
    for (let before = -1; before !== this.#reader.bytesRead || this.#reader.isPaused(); ) {
      before = this.#reader.bytesRead;
      await delay(QUIET_MS);
      // The turn that fired the timer may not have polled yet.
      await nextTurn();
      await nextTurn();
    }
    this.#closed = true;
    this.#flush();
    this.#reader.destroy();
    closeSync(this.#hold);
    this.#options.onExit(exitCode);
  }
}
