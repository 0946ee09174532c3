import { chmod, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type Server as SocketServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { SandboxId } from '../../../schema/entities.ts';
import type { NetworkGate } from '../../kernel/network/network-gate.ts';
import type { NetworkEndpoint, SandboxNetwork } from '../../kernel/sandboxes/sandbox-network.ts';
import { peerOf } from '../framed-socket/peer-credentials.ts';
import { placeOfProcess, type ProcessPlace } from '../framed-socket/process-container.ts';
import { shortPath } from '../framed-socket/short-path.ts';
import { ConnectionCount } from './connection-count.ts';
import { OpenTunnels } from './open-tunnels.ts';
import { type Lookup, lookupAll } from './pinned-connection.ts';
import { serveForward } from './proxy-forward.ts';
import { answer, PROXY_LIMITS, type ProxyLimits, type ProxyParts } from './proxy-parts.ts';
import { serveTunnel } from './proxy-tunnel.ts';

/** The sandbox must reach the socket as its own user; that nobody else passes is checked with every connection. */
const SOCKET_MODE = 0o666;

export interface ProxyOptions {
  readonly gate: NetworkGate;
  /** The user that sandboxes run as. */
  readonly expectedUid: number;
  readonly lookup?: Lookup;
  readonly limits?: ProxyLimits;
  /** In place of the authorities that the machine trusts; for tests. */
  readonly authorities?: string;
  /** Replaced in tests whose programs live in no container. */
  readonly placeOf?: (pid: number) => Promise<ProcessPlace>;
}

/** The proxies of all sandboxes. */
export interface ProxyNetwork extends SandboxNetwork {
  /** Ends the connections whose plain requests would be given a secret now, as they were opened before it was handed in. */
  renew(): void;
}

interface Offered {
  readonly count: ConnectionCount;
  readonly tunnels: OpenTunnels;
}

/** Gives each sandbox a forward proxy of its own, on a socket in its folder: who asks is known by where the request arrives. */
export function createSandboxNetwork(options: ProxyOptions): ProxyNetwork {
  const all = new Map<SandboxId, Offered>();
  return {
    async offer(endpoint) {
      const { sandbox } = endpoint;
      const own = { count: new ConnectionCount(), tunnels: new OpenTunnels() };
      const offered = await offer(options, endpoint, own);
      all.set(sandbox, own);
      return {
        async [Symbol.asyncDispose]() {
          if (all.get(sandbox) === own) all.delete(sandbox);
          await offered[Symbol.asyncDispose]();
        },
      };
    },
    use: (sandbox) => all.get(sandbox)?.count.use,
    renew() {
      for (const [sandbox, { tunnels }] of all) {
        tunnels.endPlain(({ host, port }) => options.gate.credential(sandbox, host, port) !== undefined);
      }
    },
  };
}

async function offer(
  options: ProxyOptions,
  endpoint: NetworkEndpoint,
  { count, tunnels }: Offered,
): Promise<AsyncDisposable> {
  const { gate, lookup = lookupAll, limits = PROXY_LIMITS, authorities } = options;
  const { sandbox, folder, socketName } = endpoint;
  const file = join(folder, socketName);
  await rm(file, { force: true });
  const http = httpServer({ sandbox, gate, lookup, limits, tunnels, authorities });
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    count.add(socket);
    socket.on('error', () => socket.destroy());
    void admit(options, endpoint, socket, http);
  });
  server.maxConnections = limits.connections;
  server.on('drop', () => gate.refuse(sandbox, `more than ${limits.connections} connections at a time`));
  const short = await shortPath(folder, socketName);
  try {
    await listening(server, short.path);
    await chmod(file, SOCKET_MODE);
  } catch (thrown) {
    server.close();
    await short[Symbol.asyncDispose]();
    throw thrown;
  }
  return {
    async [Symbol.asyncDispose]() {
      count.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await short[Symbol.asyncDispose]();
      await rm(file, { force: true });
    },
  };
}

/** Speaks HTTP on connections that are handed to it; it does not listen itself. */
function httpServer(parts: ProxyParts): Server {
  const { sandbox, gate, limits } = parts;
  const server = createHttpServer(
    { maxHeaderSize: limits.headerBytes, headersTimeout: 15_000 },
    (request, response) => {
      void serveForward(parts, request, response);
    },
  );
  server.on('connect', (request, socket, head) => void serveTunnel(parts, request, socket, head));
  server.on('clientError', (cause: Error & { readonly code?: string }, socket) => {
    gate.refuse(sandbox, `not a request to a proxy: ${cause.code ?? 'unreadable'}`);
    if (socket.writable) socket.end(answer(400, 'this is not a request to a proxy'));
    else socket.destroy();
  });
  return server;
}

/** Lets in what lives in the container of this sandbox, and nobody else of this machine. */
async function admit(options: ProxyOptions, endpoint: NetworkEndpoint, socket: Socket, http: Server): Promise<void> {
  const stranger = await strangeness(options, endpoint, socket).catch(() => 'it could not be identified');
  if (stranger !== undefined) {
    options.gate.refuse(endpoint.sandbox, `a stranger at the proxy: ${stranger}`);
    socket.destroy();
    return;
  }
  http.emit('connection', socket);
  socket.resume();
}

async function strangeness(
  { expectedUid, placeOf = placeOfProcess }: ProxyOptions,
  { expectContainer }: NetworkEndpoint,
  socket: Socket,
): Promise<string | undefined> {
  const peer = peerOf(socket);
  if (peer.uid !== expectedUid) return `it runs as user ${peer.uid}`;
  const expected = expectContainer();
  const { containerId } = await placeOf(peer.pid);
  return expected !== undefined && containerId === expected
    ? undefined
    : 'it does not live in the container of this sandbox';
}

function listening(server: SocketServer, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
