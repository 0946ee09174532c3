import { connect } from 'node:net';

/** Everything that a server writes on one connection until it ends it, for bytes that no HTTP client would send. */
export function rawRequest(port: number, ...pieces: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece, 'latin1');
    });
    socket.on('data', (text: string) => {
      received += text;
    });
    // A server that refuses may close while we still write.
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ECONNRESET' && cause.code !== 'EPIPE') reject(cause);
    });
    socket.on('close', () => resolve(received));
  });
}

/** The statuses of the answers on a connection, in order. */
export function statusesOf(received: string): number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}
