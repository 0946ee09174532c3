import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { ConnectPermit } from '../../kernel/network/network-gate.ts';
import { isPlain, isTls, servePlain } from './plain-tunnel.ts';
import { isHostOf, type ProxyTarget, tunnelTarget } from './proxy-target.ts';
import { headersOf } from './request-headers.ts';
import { answer, type ProxyParts, refusalStatus } from './proxy-parts.ts';
import { connectPinned, judgedAddresses } from './pinned-connection.ts';

const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n';

/**
 * Answers `CONNECT`: bytes go through as they are, there is nothing that looks into them. But where the operator handed in a secret for
 * the plain requests to this place, plain requests are what they are taken for.
 */
export async function serveTunnel(
  parts: ProxyParts,
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
): Promise<void> {
  const { sandbox, gate, limits } = parts;
  client.on('error', () => client.destroy());
  const target = readTarget(request);
  if (typeof target === 'string') {
    gate.refuse(sandbox, `not a request to a proxy: ${target}`);
    return void client.end(answer(400, target));
  }
  if (gate.credential(sandbox, target.host, target.port) !== undefined) {
    client.write(ESTABLISHED);
    const plain = await isPlain(client, head, limits.idleTimeoutMs);
    if (plain === undefined) return void client.destroy();
    if (plain) return servePlain(parts, client, target);
    return serveBytes(parts, target, { client, isEstablished: true });
  }
  if (head.length > 0) client.unshift(head);
  return serveBytes(parts, target, { client, isEstablished: false });
}

interface TunnelEnd {
  readonly client: Duplex;
  /** Then a refusal can be told no more, and only recorded. */
  readonly isEstablished: boolean;
}

async function serveBytes(parts: ProxyParts, target: ProxyTarget, { client, isEstablished }: TunnelEnd): Promise<void> {
  const { sandbox, gate, lookup, limits } = parts;
  const reply = (status: number, text: string): void =>
    void (isEstablished ? client.destroy() : client.end(answer(status, text)));
  const permit = await gate.judge({ sandbox, method: 'CONNECT', ...target });
  if (!permit.allowed) return reply(403, permit.reason);
  const leaving = new AbortController();
  client.once('close', () => leaving.abort());
  try {
    const addresses = await judgedAddresses(target, permit, lookup);
    const { connectTimeoutMs: timeoutMs } = limits;
    const { socket, address } = await connectPinned(addresses, target.port, { timeoutMs, signal: leaving.signal });
    if (client.destroyed) socket.destroy();
    permit.opened(address);
    if (!isEstablished) client.write(ESTABLISHED);
    join({ parts, target, client, upstream: socket, permit });
  } catch (thrown) {
    const { status, reason } = refusalStatus(thrown);
    permit.refused(reason);
    reply(status, reason);
  }
}

function readTarget(request: IncomingMessage): ProxyTarget | string {
  const headers = headersOf(request);
  const target = tunnelTarget(request.url ?? '');
  if (target === undefined) return 'CONNECT needs a host and a port';
  if (headers.hosts.some((host) => !isHostOf(host, target, target.port))) return 'Host names another target';
  return target;
}

interface Joined {
  readonly parts: ProxyParts;
  readonly target: ProxyTarget;
  readonly client: Duplex;
  readonly upstream: Socket;
  readonly permit: ConnectPermit;
}

/** Both ways until both have ended; each side's end is the other's. */
function join({ parts: { limits, tunnels }, target, client, upstream, permit }: Joined): void {
  let plain: boolean | undefined;
  let reason: string | undefined;
  const cut = (why: string): void => {
    reason ??= why;
    upstream.destroy();
    client.destroy();
  };
  const watch = (): void => {
    if (upstream.bytesRead + upstream.bytesWritten > limits.connectionBytes) cut('it moved too many bytes');
  };
  upstream.setTimeout(limits.idleTimeoutMs, () => cut('nothing went through for too long'));
  upstream.on('data', watch);
  client.on('data', watch);
  client.once('data', (bytes: Buffer) => {
    plain = !isTls(bytes);
  });
  const end = (): void => cut('a secret goes into what is asked there from now on');
  const forget = tunnels.add({ target, isPlain: () => plain, end });
  upstream.on('error', (cause: Error) => cut(cause.message));
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => {
    forget();
    client.end();
    const [sentBytes, receivedBytes] = [upstream.bytesWritten, upstream.bytesRead];
    permit.ended({ sentBytes, receivedBytes, ...(reason === undefined ? {} : { reason }) });
  });
  client.pipe(upstream);
  upstream.pipe(client);
}
