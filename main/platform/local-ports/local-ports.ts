import { createServer, type Server, type Socket } from 'node:net';
import { Fault } from '../../../schema/fault.ts';
import type { LocalConnection, LocalPort, LocalPorts } from '../../kernel/ports/ports.ts';

const LOOPBACK = '127.0.0.1';

/** Listens on the machine's own loopback, which nobody outside of it reaches. */
export const localPorts: LocalPorts = {
  async listen(port, onConnection): Promise<LocalPort> {
    const sockets = new Set<Socket>();
    // A browser may close its side and still read.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      onConnection(localConnection(socket));
    });
    const taken = await listening(server, port ?? 0);
    return {
      port: taken,
      async [Symbol.asyncDispose]() {
        if (!server.listening) return;
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        for (const socket of sockets) socket.destroy();
        await closed;
      },
    };
  },
};

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => {
      const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message;
      const fix = 'Choose another number with --local, or leave it out: one that is free is taken.';
      reject(new Fault('port_taken', `Cannot open port ${port} on this machine: ${why}`, { cause, fix }));
    };
    server.once('error', refuse);
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      server.off('error', refuse);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function localConnection(socket: Socket): LocalConnection {
  const closing = new AbortController();
  socket.on('error', () => undefined); // Its close follows.
  socket.once('close', () => closing.abort());
  return {
    chunks: chunksOf(socket),
    closed: closing.signal,
    write(bytes) {
      if (socket.destroyed || socket.write(bytes)) return undefined;
      return new Promise((resolve) => {
        const go = (): void => {
          socket.off('drain', go);
          socket.off('close', go);
          resolve();
        };
        socket.on('drain', go);
        socket.on('close', go);
      });
    },
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}

async function* chunksOf(socket: Socket): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    // Left to itself, the end of this loop would end what is still being written.
    yield* socket.iterator({ destroyOnReturn: false });
  } catch {
    // It broke off; that it is closed is told otherwise.
  }
}
