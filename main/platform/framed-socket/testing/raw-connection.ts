import { createConnection } from 'node:net';

/** Half a header: whoever has taken everything before it as frames is still told that this connection ends inside one. */
const HALF_HEADER = Buffer.from([0, 0]);

/** Connects, sends the bytes and half a frame after them, and resolves when the other side has ended the connection. */
export function sendAndLeave(socketPath: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    // The other side may hang up before all is sent; what matters is what it records.
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EPIPE' && cause.code !== 'ECONNRESET') reject(cause);
    });
    socket.on('close', () => resolve());
    socket.on('connect', () => {
      socket.resume();
      socket.end(Buffer.concat([bytes, HALF_HEADER]));
    });
  });
}
