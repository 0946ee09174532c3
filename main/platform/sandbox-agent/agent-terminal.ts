import {
  type AgentTerminal,
  NO_REQUEST,
  TERMINAL_RING_BYTES,
  TERMINAL_WINDOW_BYTES,
} from '../../../schema/agent-protocol.ts';
import type { FrameChannel } from '../../../schema/frame.ts';
import { innerEnvironment } from './inner-environment.ts';
import { OutputRing } from './output-ring.ts';
import type { OwnChildren } from './own-children.ts';
import { PtySession } from './pty-session.ts';

/** Goes on to the window as it is, in one message of its pipe. */
const CHUNK_BYTES = 60 * 1024;

export interface TerminalStart {
  readonly terminal: string;
  readonly argv: readonly [string, ...string[]];
  readonly cols: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The kernel's end, from the moment it attached. */
interface Attachment {
  readonly channel: FrameChannel;
  sent: number;
  acknowledged: number;
  /** The socket's buffer is full. */
  waiting: boolean;
  exitSent: boolean;
}

/**
 * A terminal that outlives the kernel's connection. While the kernel is attached its process is held back when the kernel
 * does not keep up; while it is not, the ring keeps the last of the output and the process runs on.
 */
export class Terminal {
  readonly #id: string;
  readonly #ring = new OutputRing(TERMINAL_RING_BYTES);
  readonly #session: PtySession;
  #cols: number;
  #rows: number;
  #attachment: Attachment | undefined;
  #exitCode: number | undefined;
  #scheduled = false;

  constructor(start: TerminalStart, own: OwnChildren) {
    this.#id = start.terminal;
    this.#cols = start.cols;
    this.#rows = start.rows;
    const [file, ...args] = start.argv;
    const env = { ...innerEnvironment(start.env), TERM: 'xterm-256color', COLORTERM: 'truecolor', PWD: start.cwd };
    this.#session = new PtySession({
      start: { file, args, env, cwd: start.cwd, cols: start.cols, rows: start.rows },
      own,
      onData: (chunk) => {
        this.#ring.push(chunk);
        this.#schedule();
      },
      onExit: (exitCode) => {
        this.#exitCode = exitCode;
        this.#send();
      },
    });
  }

  describe(): AgentTerminal {
    return {
      terminal: this.#id,
      cols: this.#cols,
      rows: this.#rows,
      start: this.#ring.start,
      end: this.#ring.end,
      ...(this.#exitCode === undefined ? {} : { exitCode: this.#exitCode }),
    };
  }

  /** Sends what the ring holds from `offset` on, then what comes. Gives the offset of the first byte it sends. */
  attach(channel: FrameChannel, offset: number): number {
    const from = Math.min(Math.max(offset, this.#ring.start), this.#ring.end);
    this.#attachment = { channel, sent: from, acknowledged: from, waiting: false, exitSent: false };
    // The answer to the request goes first.
    setImmediate(() => this.#send());
    return from;
  }

  detach(channel: FrameChannel): void {
    if (this.#attachment?.channel !== channel) return;
    this.#attachment = undefined;
    this.#session.resume();
  }

  acknowledge(channel: FrameChannel, offset: number): void {
    const attachment = this.#attachment;
    if (attachment?.channel !== channel || offset > attachment.sent) return;
    attachment.acknowledged = Math.max(attachment.acknowledged, offset);
    this.#send();
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#session.write(bytes);
  }

  resize(cols: number, rows: number): void {
    this.#cols = cols;
    this.#rows = rows;
    this.#session.resize(cols, rows);
  }

  close(): void {
    this.#attachment = undefined;
    this.#session.resume();
    this.#session.close();
  }

  /** A pty gives 4 KiB at a time: what one turn of the loop has read goes out together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    const attachment = this.#attachment;
    if (attachment === undefined) return;
    while (!attachment.waiting && attachment.sent < this.#ring.end) {
      const room = attachment.acknowledged + TERMINAL_WINDOW_BYTES - attachment.sent;
      if (room <= 0) break;
      const bytes = this.#ring.read(attachment.sent, Math.min(room, CHUNK_BYTES));
      const params = { terminal: this.#id, offset: attachment.sent, bytes };
      attachment.sent += bytes.length;
      void this.#sendEvent(attachment, 'terminal.data', params);
    }
    if (this.#ring.end - attachment.acknowledged > TERMINAL_WINDOW_BYTES) this.#session.pause();
    else this.#session.resume();
    if (this.#exitCode === undefined || attachment.exitSent || attachment.sent < this.#ring.end) return;
    attachment.exitSent = true;
    void this.#sendEvent(attachment, 'terminal.exit', { terminal: this.#id, exitCode: this.#exitCode });
  }

  async #sendEvent(attachment: Attachment, method: string, params: unknown): Promise<void> {
    const full = attachment.channel.send({ id: NO_REQUEST, type: 'event', method, params });
    if (full === undefined) return;
    attachment.waiting = true;
    await full;
    attachment.waiting = false;
    this.#send();
  }
}
