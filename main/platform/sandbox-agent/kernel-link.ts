import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FrameChannel } from '../../../schema/frame.ts';
import { SocketChannel } from '../framed-socket/socket-channel.ts';

const RETRY_MS = 100;

/** Connects to the kernel, and again whenever the connection has ended, for ever. Only what arrives there is obeyed. */
export async function followKernel(socketPath: string, serve: (channel: FrameChannel) => void): Promise<never> {
  for (;;) {
    await connection(socketPath, serve);
    await delay(RETRY_MS);
  }
}

/** Resolves when the connection has ended or could not be made. */
function connection(socketPath: string, serve: (channel: FrameChannel) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once('close', () => resolve());
    socket.once('error', () => undefined); // Its close follows.
    socket.once('connect', () => serve(new SocketChannel(socket)));
  });
}
