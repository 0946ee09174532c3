import type { Socket } from 'node:net';
import type { Frame, FrameChannel } from '../../../schema/frame.ts';
import { releaseBytes } from '../../base/release-bytes.ts';
import { encodeFrame, FrameDecoder, type FrameDecoderOptions, FrameViolation } from '../../../schema/frame-codec.ts';

/** `send` gives a promise once this much waits for the other side to read. */
const HIGH_WATER_BYTES = 256 * 1024;
/** What was sent before `close` is given this long to leave. */
const FLUSH_LIMIT_MS = 2000;

export interface SocketChannelOptions extends FrameDecoderOptions {
  /** Told once, when what arrived was not a frame; the connection has ended then. */
  readonly onViolation?: (violation: FrameViolation) => void;
}

/** Moves frames over a stream socket. Reading starts with the first `onFrame`; nothing that arrived before is lost. */
export class SocketChannel implements FrameChannel {
  readonly #socket: Socket;
  readonly #options: SocketChannelOptions;
  readonly #decoder: FrameDecoder;
  readonly #frameListeners: ((frame: Frame) => void)[] = [];
  readonly #closeListeners: ((cause?: Error) => void)[] = [];
  #drained: Promise<void> | undefined;
  #cause: Error | undefined;
  #closing = false;
  #closed = false;

  constructor(socket: Socket, options: SocketChannelOptions = {}) {
    this.#socket = socket;
    this.#options = options;
    this.#decoder = new FrameDecoder(options);
    socket.setNoDelay(true);
    socket.on('error', (cause) => {
      this.#cause ??= cause;
    });
    socket.on('end', () => this.#receive(() => (this.#decoder.end(), [])));
    socket.on('close', () => this.#finish());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Throws FrameViolation for a frame that no receiver would take. After the end of the connection it does nothing. */
  send(frame: Frame): void | Promise<void> {
    if (this.#closing || this.#closed) return;
    const bytes = encodeFrame(frame);
    this.#socket.write(bytes);
    if (this.#socket.writableLength < HIGH_WATER_BYTES) return;
    this.#drained ??= new Promise<void>((resolve) => {
      const done = (): void => {
        this.#drained = undefined;
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        resolve();
      };
      this.#socket.once('drain', done);
      this.#socket.once('close', done);
    });
    return this.#drained;
  }

  onFrame(listener: (frame: Frame) => void): void {
    this.#frameListeners.push(listener);
    if (this.#frameListeners.length > 1) return;
    this.#socket.on('data', (chunk: Uint8Array) => {
      this.#receive(() => this.#decoder.push(chunk));
      releaseBytes(chunk);
    });
  }

  /** The cause is a FrameViolation, an error of the socket, or absent after an orderly end. */
  onClose(listener: (cause?: Error) => void): void {
    if (this.#closed) queueMicrotask(() => listener(this.#cause));
    else this.#closeListeners.push(listener);
  }

  /** Stops reading until `resume`: the other side's writes fill up and wait. Frames of the chunk in hand still come. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (this.#frameListeners.length > 0) this.#socket.resume();
  }

  /** Stops reading, lets go what was sent, then ends the connection. */
  close(): void {
    if (this.#closing || this.#closed) return;
    this.#closing = true;
    this.#frameListeners.length = 0;
    const timer = setTimeout(() => this.#socket.destroy(), FLUSH_LIMIT_MS);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
    this.#socket.resume();
    this.#socket.destroySoon();
  }

  #receive(take: () => readonly Frame[]): void {
    try {
      this.#deliver(take());
    } catch (cause) {
      if (!(cause instanceof FrameViolation)) throw cause;
      this.#deliver(cause.before);
      if (this.#closing || this.#closed) return;
      this.#cause = cause;
      this.#closing = true;
      this.#socket.destroy();
      this.#options.onViolation?.(cause);
    }
  }

  #deliver(frames: readonly Frame[]): void {
    for (const frame of frames) for (const listener of this.#frameListeners) listener(frame);
  }

  #finish(): void {
    this.#closed = true;
    this.#frameListeners.length = 0;
    for (const listener of this.#closeListeners.splice(0)) listener(this.#cause);
  }
}
