import { TERMINAL_WINDOW_BYTES, type TerminalData } from '../../../schema/agent-protocol.ts';
import type { AttachEvent, TerminalEvent } from '../../../schema/contract/terminal.ts';
import type { Terminal } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';
import { Attachment } from './attachment.ts';
import { MirrorFeed } from './mirror-feed.ts';
import { WholeCharacters } from './whole-characters.ts';
import type { TerminalMirror, TerminalSize } from './ports.ts';

/** The agent is told in portions of this size what it need not wait for. */
const ACKNOWLEDGE_BYTES = 256 * 1024;
/** An agent that keeps to its window never has more under way; what a broken one sends beyond is not kept. */
const UNREAD_LIMIT_BYTES = TERMINAL_WINDOW_BYTES + 1024 * 1024;

export interface LiveTerminalOptions {
  readonly terminal: Terminal;
  readonly mirror: TerminalMirror;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when what `list` shows has changed. */
  readonly onChange: (terminal: Terminal) => void;
}

/** A terminal with its mirror and whoever looks at it. The slowest of them sets the pace of what runs in it. */
export class LiveTerminal {
  readonly #options: LiveTerminalOptions;
  readonly #attachments = new Set<Attachment<AttachEvent>>();
  readonly #mirror: MirrorFeed;
  #terminal: Terminal;
  #connection: AgentConnection | undefined;
  #characters = new WholeCharacters();
  /** Only the first output of a connection may begin later than the last one ended. */
  #mayBeGap = false;
  /** Offsets of the output: what has come, what the mirror has taken in, what the agent knows to be read. */
  #received = 0;
  #mirrored = 0;
  #acknowledged = 0;

  constructor(options: LiveTerminalOptions) {
    this.#options = options;
    this.#terminal = options.terminal;
    this.#mirror = new MirrorFeed({
      terminal: options.terminal.id,
      mirror: options.mirror,
      clock: options.clock,
      onTaken: (endOffset) => {
        this.#mirrored = Math.max(this.#mirrored, endOffset);
        this.#acknowledge();
      },
      onFailure: (operation, cause) =>
        options.logger.error('A terminal could not be mirrored', { terminal: options.terminal.id, operation, cause }),
    });
    this.#mirror.open(options.terminal);
  }

  get terminal(): Terminal {
    return this.#terminal;
  }

  isOn(connection: AgentConnection): boolean {
    return this.#connection === connection;
  }

  /** Starts the process. Rejects with the agent's Fault. */
  async start(connection: AgentConnection, argv: readonly string[] | undefined): Promise<void> {
    this.#connection = connection;
    const { id, cols, rows } = this.#terminal;
    await connection.request('terminal.open', { terminal: id, cols, rows, argv });
  }

  /** Goes on where the last connection left off, as far as the agent still has it. */
  async resume(connection: AgentConnection): Promise<void> {
    this.#connection = connection;
    this.#acknowledged = this.#received;
    this.#mayBeGap = true;
    await connection.request('terminal.attach', { terminal: this.#terminal.id, offset: this.#received });
  }

  /** Takes output; what it has already is left out. */
  receive({ offset, bytes: all }: TerminalData): void {
    const isGap = offset > this.#received;
    if (isGap ? !this.#mayBeGap : offset + all.length > this.#acknowledged + UNREAD_LIMIT_BYTES) return;
    this.#mayBeGap = false;
    const fresh = isGap ? all : all.subarray(this.#received - offset);
    if (fresh.length === 0) return;
    const bytes = isGap ? this.#beginAfterGap(offset, fresh) : this.#characters.push(fresh);
    const endOffset = offset + all.length;
    this.#received = endOffset;
    for (const attachment of this.#attachments) attachment.print({ bytes, endOffset });
    this.#mirror.write(bytes, endOffset);
  }

  /** The process has ended, or was lost with its sandbox. False when that was known. */
  exit(exitCode: number): boolean {
    if (this.#terminal.state === 'exited') return false;
    this.#change({ state: 'exited', exitCode });
    for (const attachment of this.#attachments) attachment.end(exitCode);
    return true;
  }

  attach(signal: AbortSignal): AsyncGenerator<TerminalEvent, void, undefined> {
    return this.#attach<TerminalEvent>(signal, (bytes) => ({ type: 'text', text: bytes.toString('utf8') }));
  }

  /** What is printed comes as bytes, which nobody else has. */
  attachBytes(signal: AbortSignal): AsyncGenerator<AttachEvent, void, undefined> {
    return this.#attach<AttachEvent>(signal, (bytes) => ({ type: 'bytes', bytes: inOwnMemory(bytes) }));
  }

  async *#attach<E extends AttachEvent>(
    signal: AbortSignal,
    eventOf: (bytes: Buffer) => E,
  ): AsyncGenerator<TerminalEvent | E, void, undefined> {
    const attachment = new Attachment<E>({
      clock: this.#options.clock,
      snapshot: () => ({ offset: this.#received, picture: this.#picture() }),
      eventOf,
      onProgress: () => this.#acknowledge(),
    });
    if (this.#terminal.state === 'exited') attachment.end(this.#terminal.exitCode ?? 0);
    this.#attachments.add(attachment);
    try {
      yield* attachment.read(signal);
    } finally {
      this.#attachments.delete(attachment);
      this.#acknowledge();
    }
  }

  /** Resolves when what runs in it has taken the text. Throws `terminal_exited`. */
  async write(text: string, signal: AbortSignal): Promise<void> {
    const base64 = Buffer.from(text, 'utf8').toString('base64');
    await this.#open().request('terminal.write', { terminal: this.#terminal.id, base64 }, { signal });
  }

  /** Throws `terminal_exited`. */
  async resize({ cols, rows }: TerminalSize): Promise<void> {
    const connection = this.#open();
    if (cols === this.#terminal.cols && rows === this.#terminal.rows) return;
    this.#change({ cols, rows });
    for (const attachment of this.#attachments) attachment.tell({ type: 'resize', cols, rows });
    this.#mirror.resize({ cols, rows });
    await connection.request('terminal.resize', { terminal: this.#terminal.id, cols, rows });
  }

  /** Ends whoever looks at it and forgets what it showed. */
  forget(): void {
    for (const attachment of this.#attachments) attachment.end(this.#terminal.exitCode);
    this.#mirror.close();
  }

  /** Where output was lost, says so in the terminal: nobody should take it for complete. */
  #beginAfterGap(offset: number, bytes: Uint8Array): Buffer {
    const lostBytes = offset - this.#received;
    const isFresh = this.#received === 0;
    this.#characters = new WholeCharacters();
    this.#acknowledged = Math.max(this.#acknowledged, offset);
    this.#mirrored = Math.max(this.#mirrored, offset);
    // The ring may begin inside a character.
    const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
    const whole = this.#characters.push(bytes.subarray(Math.max(0, start)));
    const notice = `\x1b[0m\r\n[${lostBytes} bytes of output were not kept]\r\n`;
    return isFresh ? whole : Buffer.concat([Buffer.from(notice), whole]);
  }

  #acknowledge(): void {
    let offset = this.#mirrored;
    for (const attachment of this.#attachments) offset = Math.min(offset, attachment.readOffset);
    if (offset - this.#acknowledged < ACKNOWLEDGE_BYTES) return;
    this.#acknowledged = offset;
    // A connection that has ended asks again from where this is.
    this.#connection?.request('terminal.ack', { terminal: this.#terminal.id, offset }).catch(() => undefined);
  }

  /** A mirror that has died begins anew: what was on the screen is gone, the terminal is not. */
  async #picture(): Promise<TerminalSize & { text: string }> {
    const { id, cols, rows } = this.#terminal;
    try {
      return await this.#mirror.snapshot();
    } catch (cause) {
      this.#options.logger.error('A terminal could not be shown from its mirror', { terminal: id, cause });
      this.#mirror.open({ cols, rows });
      return { text: '', cols, rows };
    }
  }

  #open(): AgentConnection {
    const { id, state } = this.#terminal;
    if (state === 'exited')
      throw new Fault('terminal_exited', `Cannot reach terminal "${id}": what ran in it has ended`);
    if (this.#connection !== undefined) return this.#connection;
    throw new Fault('disconnected', `Cannot reach terminal "${id}": its sandbox is not connected`, { retryable: true });
  }

  #change(change: Partial<Terminal>): void {
    this.#terminal = { ...this.#terminal, ...change };
    this.#options.onChange(this.#terminal);
  }
}

/** Memory that holds nothing else: what crosses to another process takes all of what it lies in along. */
function inOwnMemory(bytes: Buffer): Uint8Array {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
