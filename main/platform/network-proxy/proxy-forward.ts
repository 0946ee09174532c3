import { type IncomingMessage, type ServerResponse, request as ask } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ConnectPermit, Credential } from '../../kernel/network/network-gate.ts';
import { connectPinned, judgedAddresses } from './pinned-connection.ts';
import { answerBody, type ProxyParts, refusalStatus } from './proxy-parts.ts';
import { type ForwardTarget, forwardTarget, isHostOf } from './proxy-target.ts';
import { overTls } from './origin-tls.ts';
import { headersOf, withCredential } from './request-headers.ts';

const HTTP_PORT = 80;

/** Answers a plain HTTP request: asks the origin on a connection of this request's own, and passes both messages on as they are. */
export async function serveForward(
  parts: ProxyParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { sandbox, gate, lookup, limits } = parts;
  response.on('error', () => undefined);
  const target = readTarget(request);
  if (typeof target === 'string') {
    gate.refuse(sandbox, `not a request to a proxy: ${target}`);
    return refuse(response, 400, target);
  }
  const { host } = target;
  const credential = gate.credential(sandbox, host, target.port);
  if (credential !== undefined && request.method === 'TRACE') {
    gate.refuse(sandbox, `TRACE would have ${host} repeat the secret "${credential.secret}"`);
    return refuse(response, 403, 'TRACE would have the origin repeat the secret that is put in');
  }
  const port = credential?.port ?? target.port;
  const secret = credential === undefined ? {} : { secret: credential.secret };
  const permit = await gate.judge({ sandbox, method: request.method ?? 'GET', host, port, ...secret });
  if (!permit.allowed) return refuse(response, 403, permit.reason);
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  try {
    const addresses = await judgedAddresses(target, permit, lookup);
    const { connectTimeoutMs: timeoutMs } = limits;
    const { socket, address } = await connectPinned(addresses, port, { timeoutMs, signal: leaving.signal });
    const secured = credential?.transport === 'tls' ? await overTls(socket, host, parts) : socket;
    permit.opened(address);
    await exchange({ parts, request, response, target, socket, secured, credential, permit });
  } catch (thrown) {
    const { status, reason } = refusalStatus(thrown);
    permit.refused(reason);
    refuse(response, status, reason);
  }
}

function readTarget(request: IncomingMessage): ForwardTarget | string {
  const target = forwardTarget(request.url ?? '');
  if (target === undefined) return 'a plain request needs a whole http: address; for https: use CONNECT';
  const { hosts, problem } = headersOf(request);
  if (problem !== undefined) return problem;
  // Allowed for one name and meant for another.
  if (!hosts.every((host) => isHostOf(host, target, HTTP_PORT))) return 'Host names another target';
  return target;
}

interface Exchange {
  readonly parts: ProxyParts;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: ForwardTarget;
  readonly socket: Socket;
  /** What is spoken through: the socket itself, or TLS on it. */
  readonly secured: Duplex;
  readonly credential: Credential | undefined;
  readonly permit: ConnectPermit;
}

/** Never rejects: once it is connected, what happens is the connection's end. */
async function exchange({ parts, request, response, socket, secured, permit, ...asked }: Exchange): Promise<void> {
  let reason: string | undefined;
  let status: number | undefined;
  const cut = (why: string): void => {
    reason ??= why;
    socket.destroy();
  };
  socket.setTimeout(parts.limits.idleTimeoutMs, () => cut('nothing went through for too long'));
  secured.on('data', () => {
    if (socket.bytesRead + socket.bytesWritten > parts.limits.connectionBytes) cut('it moved too many bytes');
  });
  const upstream = ask({
    method: request.method ?? 'GET',
    path: asked.target.path,
    headers: [...withCredential(headersOf(request).passed, asked.credential), 'Connection', 'close'],
    setHost: false,
    createConnection: () => secured,
  });
  response.once('close', () => upstream.destroy());
  try {
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      upstream.once('response', resolve);
      upstream.once('error', reject);
      upstream.once('close', () => reject(new Error('it ended without an answer')));
    });
    answered.catch(() => undefined);
    pipeline(request, upstream).catch(() => undefined); // An origin may answer without reading to the end.
    const origin = await answered;
    status = origin.statusCode;
    const { passed, problem } = headersOf(origin);
    if (problem !== undefined) throw new Error(`the answer is not one: ${problem}`);
    response.writeHead(origin.statusCode ?? 502, origin.statusMessage, [...passed, 'Connection', 'close']);
    await pipeline(origin, response);
  } catch (thrown) {
    reason ??= thrown instanceof Error ? thrown.message : 'the connection failed';
    if (response.headersSent) response.destroy();
    else refuse(response, 502, reason);
  } finally {
    const [sentBytes, receivedBytes] = [socket.bytesWritten, socket.bytesRead];
    socket.destroy();
    const ends = { ...(status === undefined ? {} : { status }), ...(reason === undefined ? {} : { reason }) };
    permit.ended({ sentBytes, receivedBytes, ...ends });
  }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(answerBody(reason));
}
