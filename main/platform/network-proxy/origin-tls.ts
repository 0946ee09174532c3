import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { NotReachable } from './pinned-connection.ts';
import type { ProxyParts } from './proxy-parts.ts';

/** TLS to an origin on a connection that was made to a judged address; its certificate has to be one of this name. @throws NotReachable */
export function overTls(socket: Socket, host: string, { limits, authorities }: ProxyParts): Promise<TLSSocket> {
  const name = host.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const secured = connect({
      socket,
      host: name,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ALPNProtocols: ['http/1.1'],
      ...(authorities === undefined ? {} : { ca: authorities }),
    });
    const fail = (why: string): void => {
      socket.destroy();
      reject(new NotReachable('unreachable', `no TLS with ${host}: ${why}`));
    };
    const onError = (cause: Error): void => fail(cause.message);
    const onClose = (): void => fail('it ended the connection');
    socket.setTimeout(limits.connectTimeoutMs, () => fail('it did not answer in time'));
    secured.once('error', onError);
    secured.once('close', onClose);
    secured.once('secureConnect', () => {
      secured.off('error', onError);
      secured.off('close', onClose);
      secured.on('error', () => undefined); // The request on it fails with it.
      socket.removeAllListeners('timeout');
      socket.setTimeout(0);
      resolve(secured);
    });
  });
}
