import { connect } from 'node:net';

export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly fin?: false;
  /** Bits that no extension was agreed on for. */
  readonly reserved?: number;
  /** As no client may send one. */
  readonly unmasked?: true;
}

/** The bytes of a frame (RFC 6455, 5.2), also of one that no client would send. */
export function frameBytes({ opcode, payload, fin, reserved = 0, unmasked }: Frame): Buffer {
  const head = (fin === false ? 0 : 0x80) | (reserved << 4) | opcode;
  const length = payload.length < 126 ? Buffer.from([payload.length]) : Buffer.from([126, 0, 0]);
  if (payload.length >= 126) length.writeUInt16BE(payload.length, 1);
  if (unmasked === true) return Buffer.concat([Buffer.from([head]), length, payload]);
  length.writeUInt8((length[0] ?? 0) | 0x80, 0);
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([Buffer.from([head]), length, mask, masked]);
}

const CLOSE = 0x88;

/** A WebSocket down to its bytes: what was sent over it once it is open, and the code that the server closes it with. */
export interface RawSocket {
  /** Resolves when the server has ended the connection: with its code, or undefined where it gave none. */
  readonly ended: Promise<number | undefined>;
  leave(): void;
}

/** Opens a WebSocket and sends these bytes; resolves when they are on their way. */
export function rawSocket(place: { port: number; path: string; token: string }, bytes: Buffer): Promise<RawSocket> {
  const socket = connect(place.port, '127.0.0.1');
  const received: Buffer[] = [];
  const head = [
    `GET ${place.path} HTTP/1.1`,
    `Host: 127.0.0.1:${place.port}`,
    `Authorization: Bearer ${place.token}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  // A server that refuses may close while we still write.
  socket.on('error', () => undefined);
  const ended = new Promise<number | undefined>((resolve) => {
    socket.on('close', () => resolve(closeCodeIn(Buffer.concat(received))));
  });
  return new Promise((resolve) => {
    socket.on('data', (data) => {
      if (received.push(data) === 1) socket.write(bytes, () => resolve({ ended, leave: () => socket.destroy() }));
      // The server waits for the other side to agree to its end.
      if (closeCodeIn(Buffer.concat(received.slice(1))) !== undefined) socket.end();
    });
    socket.on('end', () => socket.end());
  });
}

/** Of the last frame; what the server sends before is longer than a close frame without a reason. */
function closeCodeIn(received: Buffer): number | undefined {
  const at = received.lastIndexOf(CLOSE);
  return at === -1 || at + 4 > received.length ? undefined : received.readUInt16BE(at + 2);
}
