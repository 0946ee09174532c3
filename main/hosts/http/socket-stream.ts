import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../base/clock.ts';

export interface SocketStreamOptions {
  readonly socket: WebSocket;
  /** Messages for the client. */
  readonly events: AsyncIterable<string>;
  /** Does what a message from the client asks for; what it gives is sent back. Must not reject. */
  readonly onMessage: (text: string) => Promise<string | undefined>;
  /** The close code (RFC 6455) and its reason for a failure of the stream. */
  readonly failure: (thrown: unknown) => { readonly code: number; readonly reason: string };
  readonly clock: Clock;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
}

const PING_MS = 30_000;
/** A client that takes nothing for so long is gone. */
const STALLED_MS = 60_000;
const ENDED = 1000;
const GOING_AWAY = 1001;
const NO_TEXT = 1003;

/**
 * Connects a stream with a WebSocket until one of both ends. A client that is slow to read slows the stream down: the next
 * event waits until the last one is with the operating system; one that writes too fast is not read from meanwhile. Never rejects.
 */
export async function joinSocket(options: SocketStreamOptions): Promise<void> {
  const { socket, events, clock, closing, failure } = options;
  const goAway = (): void => socket.close(GOING_AWAY);
  closing.addEventListener('abort', goAway, { once: true });
  using _ping = keepAlive(socket, clock);
  readMessages(options);
  try {
    for await (const event of events) {
      if (!(await sendText(socket, event, clock))) break;
    }
    socket.close(ENDED);
  } catch (thrown) {
    const { code, reason } = failure(thrown);
    socket.close(code, reason);
  } finally {
    closing.removeEventListener('abort', goAway);
  }
}

/** One after the other, in their order. */
function readMessages({ socket, onMessage, clock }: SocketStreamOptions): void {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (isBinary) return socket.close(NO_TEXT, 'messages are JSON');
    waiting += 1;
    socket.pause();
    last = last.then(async () => {
      const answer = socket.readyState === socket.OPEN ? await onMessage(textOf(data)) : undefined;
      if (answer !== undefined) await sendText(socket, answer, clock);
      waiting -= 1;
      if (waiting === 0) socket.resume();
    });
  });
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}

/** Resolves when the text is with the operating system: true, or false where the client is gone. */
function sendText(socket: WebSocket, text: string, clock: Clock): Promise<boolean> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stalled = clock.setTimer(STALLED_MS, () => socket.terminate());
    socket.send(text, (failure) => {
      stalled[Symbol.dispose]();
      resolve(failure === undefined || failure === null);
    });
  });
}

function keepAlive(socket: WebSocket, clock: Clock): Disposable {
  let answered = true;
  let timer: Disposable;
  const beat = (): void => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
    timer = clock.setTimer(PING_MS, beat);
  };
  socket.on('pong', () => {
    answered = true;
  });
  timer = clock.setTimer(PING_MS, beat);
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
