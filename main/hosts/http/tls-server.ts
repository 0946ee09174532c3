import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { TlsIdentity } from './served-at.ts';

/** For a connection to become one of TLS. */
const HANDSHAKE_LIMIT_MS = 10_000;

/** Makes the server that fastify listens with, over TLS 1.2 or 1.3, with the limits that it has without. */
export function tlsServer(
  { certificate, privateKey, clientAuthorities }: TlsIdentity,
  limits: ServerOptions,
): (answer: (request: IncomingMessage, response: ServerResponse) => void) => Server {
  const clients =
    clientAuthorities === undefined ? {} : { ca: clientAuthorities, requestCert: true, rejectUnauthorized: true };
  return (answer) =>
    createServer(
      {
        ...limits,
        cert: certificate,
        key: privateKey,
        minVersion: 'TLSv1.2',
        handshakeTimeout: HANDSHAKE_LIMIT_MS,
        ...clients,
      },
      answer,
    );
}
