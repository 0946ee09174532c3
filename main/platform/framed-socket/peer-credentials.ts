import type { Socket } from 'node:net';
import koffi from 'koffi';

/** Who is at the other end of a local socket, as the operating system recorded it when the connection was made. */
export interface Peer {
  /** As this process sees it; 0 where the peer lives in a process namespace that is not below ours. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

// Values of Linux (socket(7)); they are the same on every architecture that we ship for.
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const CREDENTIALS_BYTES = 12;

type GetSocketOption = (fd: number, level: number, option: number, value: Uint8Array, length: [number]) => number;

let getSocketOption: GetSocketOption | undefined;

/** Throws where the platform has no SO_PEERCRED or the socket is closed already: without an answer nobody is let in. */
export function peerOf(socket: Socket): Peer {
  if (process.platform !== 'linux') {
    throw new Error(`Cannot tell who connects: not supported on ${process.platform}`);
  }
  const fd = descriptorOf(socket);
  if (fd === undefined) throw new Error('Cannot tell who connects: the connection has ended');
  // The prototype is the type.
  getSocketOption ??= koffi
    .load('libc.so.6')
    .func('int getsockopt(int, int, int, _Out_ uint8_t *, _Inout_ uint32_t *)') as unknown as GetSocketOption;
  const bytes = Buffer.alloc(CREDENTIALS_BYTES);
  const result = getSocketOption(fd, SOL_SOCKET, SO_PEERCRED, bytes, [CREDENTIALS_BYTES]);
  if (result !== 0) throw new Error('Cannot tell who connects: getsockopt failed');
  return { pid: bytes.readInt32LE(0), uid: bytes.readUInt32LE(4), gid: bytes.readUInt32LE(8) };
}

function descriptorOf(socket: Socket): number | undefined {
  // Node has no public way to the descriptor; the handle is null once the socket is closed.
  const handle = (socket as unknown as { _handle?: { fd?: number } | null })._handle;
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}
