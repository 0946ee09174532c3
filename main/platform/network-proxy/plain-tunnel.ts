import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { serveForward } from './proxy-forward.ts';
import type { ProxyParts } from './proxy-parts.ts';
import type { ProxyTarget } from './proxy-target.ts';

/** The first byte of whatever begins with TLS (RFC 8446, 5.1: a record with a handshake). */
const TLS_HANDSHAKE = 0x16;

/** By the first bytes that come through. */
export function isTls(bytes: Buffer): boolean {
  return bytes[0] === TLS_HANDSHAKE;
}

/**
 * Whether what comes first through a tunnel is no TLS; the bytes stay to be read. Undefined where it ends, or is silent for too long,
 * before.
 */
export async function isPlain(client: Duplex, head: Buffer, limitMs: number): Promise<boolean | undefined> {
  const first = head.length > 0 ? head : await firstBytes(client, limitMs);
  if (first === undefined) return undefined;
  client.unshift(first);
  return !isTls(first);
}

/**
 * Reads plain HTTP in a tunnel, and answers it as if it had been asked without one: some programs, Node's fetch among them, open a tunnel
 * for `http:` as well.
 */
export function servePlain(parts: ProxyParts, client: Duplex, { host, port }: ProxyTarget): void {
  const server = createServer({ maxHeaderSize: parts.limits.headerBytes }, (request, response) => {
    // What is no path of this origin makes no address, and is refused as such.
    request.url = `http://${host}:${port}${request.url?.startsWith('/') ? request.url : ' '}`;
    void serveForward(parts, request, response);
  });
  server.on('clientError', (cause: Error & { readonly code?: string }, socket) => {
    parts.gate.refuse(parts.sandbox, `not a request to an origin: ${cause.code ?? 'unreadable'}`);
    socket.destroy();
  });
  server.emit('connection', client);
}

function firstBytes(client: Duplex, limitMs: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const end = (bytes: Buffer | undefined): void => {
      clearTimeout(timer);
      client.off('readable', onReadable).off('end', onEnd).off('close', onEnd);
      resolve(bytes);
    };
    const onEnd = (): void => end(undefined);
    const onReadable = (): void => {
      const bytes: Buffer | null = client.read();
      if (bytes !== null) end(bytes);
    };
    const timer = setTimeout(onEnd, limitMs);
    client.on('readable', onReadable).on('end', onEnd).on('close', onEnd);
  });
}
