import type { Socket } from 'node:net';
import type { NetworkUse } from '../../kernel/sandboxes/sandbox-network.ts';

/** The connections of one sandbox to its proxy, and what went through them. */
export class ConnectionCount {
  readonly #open = new Set<Socket>();
  #sentBytes = 0;
  #receivedBytes = 0;

  add(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#sentBytes += socket.bytesRead;
      this.#receivedBytes += socket.bytesWritten;
    });
  }

  get use(): NetworkUse {
    const open = [...this.#open];
    return {
      sentBytes: open.reduce((sum, { bytesRead }) => sum + bytesRead, this.#sentBytes),
      receivedBytes: open.reduce((sum, { bytesWritten }) => sum + bytesWritten, this.#receivedBytes),
      connections: open.length,
    };
  }

  end(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
