import { chmod, lstat, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import type { FrameDecoderOptions, FrameViolation } from '../../../schema/frame-codec.ts';
import { type Peer, peerOf } from './peer-credentials.ts';
import { type ShortPath, shortPath } from './short-path.ts';
import { SocketChannel } from './socket-channel.ts';

export interface ListenOptions extends FrameDecoderOptions {
  /** Permissions of the socket, such as 0o600. */
  readonly mode: number;
  /** More connections than this at a time are refused; default 64. */
  readonly channelLimit?: number;
  readonly onChannel: (channel: SocketChannel, peer: Peer) => void;
  readonly onViolation?: (violation: FrameViolation, peer: Peer) => void;
  /** A connection that could not be accepted; the others go on. */
  readonly onError?: (cause: Error) => void;
}

/** A listening socket. Disposing ends it, all of its connections, and removes the file. */
export interface FramedListener extends AsyncDisposable {
  readonly path: string;
}

/**
 * Listens on `<folder>/<name>`; the folder must exist, its path may be of any length. A socket that a dead process left
 * there is replaced: that no live one owns it is the caller's lock to guarantee. Throws when something else has the name.
 */
export async function listenFramed(folder: string, name: string, options: ListenOptions): Promise<FramedListener> {
  const file = path.join(folder, name);
  const left = await lstat(file).catch(() => undefined);
  if (left !== undefined && !left.isSocket()) throw new Error(`Cannot listen on "${file}": it is not a socket`);
  await rm(file, { force: true });
  const short = await shortPath(folder, name);
  const channels = new Set<SocketChannel>();
  const server = createServer((socket) => accept(socket, options, channels));
  server.maxConnections = options.channelLimit ?? 64;
  try {
    await listening(server, short.path);
    await chmod(file, options.mode);
  } catch (cause) {
    server.close();
    await short[Symbol.asyncDispose]();
    throw cause;
  }
  server.on('error', (cause) => options.onError?.(cause));
  let closed: Promise<void> | undefined;
  return { path: file, [Symbol.asyncDispose]: () => (closed ??= close(server, channels, short)) };
}

/** Connects to a socket of `listenFramed`, and takes bytes from it; the path may be of any length. */
export async function connectFramed(
  file: string,
  options: { readonly onViolation?: (violation: FrameViolation) => void } = {},
): Promise<SocketChannel> {
  const short = await shortPath(path.dirname(file), path.basename(file));
  try {
    const socket = createConnection(short.path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.removeAllListeners('error');
    return new SocketChannel(socket, { ...options, bytes: 'taken' });
  } finally {
    await short[Symbol.asyncDispose]();
  }
}

function accept(socket: Socket, options: ListenOptions, channels: Set<SocketChannel>): void {
  let peer: Peer;
  try {
    peer = peerOf(socket);
  } catch (cause) {
    socket.on('error', () => undefined);
    socket.destroy();
    options.onError?.(cause instanceof Error ? cause : new Error(String(cause)));
    return;
  }
  const channel = new SocketChannel(socket, {
    ...(options.bytes === undefined ? {} : { bytes: options.bytes }),
    answerLimitBytes: options.answerLimitBytes,
    onViolation: (violation) => options.onViolation?.(violation, peer),
  });
  channels.add(channel);
  channel.onClose(() => channels.delete(channel));
  options.onChannel(channel, peer);
}

function listening(server: Server, socketPath: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(server: Server, channels: ReadonlySet<SocketChannel>, short: ShortPath): Promise<void> {
  for (const channel of channels) channel.close();
  // Node removes the file by the name it listened on, so the folder stays open until then.
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await short[Symbol.asyncDispose]();
}
