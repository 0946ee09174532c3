import { createConnection, type Socket } from 'node:net';
import { Fault } from '../../../../schema/fault.ts';
import { Parameters } from '../parameters.ts';
import type { AgentCall } from '../request-server.ts';

/** A server that was told `localhost` may listen on either. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;
const CHUNK_BYTES = 64 * 1024;

/** Connections of the operator to servers inside: each a request of the kernel that lasts as long as the connection. */
export class InnerPorts {
  readonly #streams = new Map<string, Promise<Socket>>();

  /** Connects to a port here, and passes on what comes from there as `port.data`, its end as `port.end`. Ends with the connection. */
  async connect(params: Parameters, call: AgentCall): Promise<void> {
    const stream = params.text('stream');
    const connecting = connectLoopback(params.count('port'), call.signal);
    this.#streams.set(stream, connecting);
    try {
      const socket = await connecting;
      const abort = (): void => void socket.destroy();
      call.signal.addEventListener('abort', abort, { once: true });
      if (call.signal.aborted) abort();
      try {
        await pass(socket, call);
      } finally {
        call.signal.removeEventListener('abort', abort);
        socket.destroy();
      }
    } finally {
      this.#streams.delete(stream);
    }
  }

  /** Resolves when there is room for more. */
  async write(params: Parameters): Promise<void> {
    const socket = await this.#socket(params);
    const bytes = Buffer.from(params.text('base64'), 'base64');
    if (socket.destroyed || socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        socket.off('drain', go);
        socket.off('close', go);
        resolve();
      };
      socket.on('drain', go);
      socket.on('close', go);
    });
  }

  /** The operator's side has nothing more to say. */
  async end(params: Parameters): Promise<void> {
    (await this.#socket(params)).end();
  }

  #socket(params: Parameters): Promise<Socket> {
    const socket = this.#streams.get(params.text('stream'));
    if (socket !== undefined) return socket;
    throw new Fault('not_found', 'Cannot write to the connection: it has ended');
  }
}

async function pass(socket: Socket, call: AgentCall): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  try {
    // Left to itself, the end of this loop would end what is still being written.
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      // A socket without an encoding gives Buffers.
      const bytes = chunk as Buffer;
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        await call.emit('port.data', { base64: bytes.subarray(at, at + CHUNK_BYTES).toString('base64') });
      }
    }
    await call.emit('port.end', {});
    // The other direction may go on.
    await closed;
  } catch {
    // The server inside ended it its own way, and so does this.
  }
}

async function connectLoopback(port: number, signal: AbortSignal): Promise<Socket> {
  let failure: unknown;
  for (const host of LOOPBACK) {
    try {
      return await connected(host, port, signal);
    } catch (cause) {
      failure = cause;
    }
  }
  throw new Fault('port_closed', `Cannot reach port ${port} of the sandbox: nothing listens there`, { cause: failure });
}

function connected(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    // `for await` would end both directions with the first that ends.
    const socket = createConnection({ host, port, allowHalfOpen: true });
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => undefined); // Its close follows.
      resolve(socket);
    });
  });
}
