import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export type ConnectionKind = 'http' | 'events' | 'websocket' | 'mcp';

/** Who wants to know of clients and their requests; both calls are made for each and have to be quick. */
export interface HttpTraffic {
  opened(): HttpConnection;
  answered(request: {
    readonly method: string;
    /** The route's own text; undefined where there is none for the address. */
    readonly route: string | undefined;
    /** How the key begins; undefined where none was good. */
    readonly key: string | undefined;
    readonly status: number;
    readonly durationMs: number;
  }): void;
}

export interface HttpConnection {
  carries(kind: ConnectionKind, key: string): void;
  closed(): void;
}

/** Tells of every connection and every answer, and nothing of what clients wrote. To be called after the checks were added. */
export function watchTraffic(app: FastifyInstance, traffic: HttpTraffic): void {
  const connections = new WeakMap<Socket, HttpConnection>();
  app.server.on('connection', (socket) => {
    const connection = traffic.opened();
    connections.set(socket, connection);
    socket.once('close', () => connection.closed());
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const { apiKey } = request;
    if (apiKey !== undefined) connections.get(request.raw.socket)?.carries(kindOf(request), apiKey.prefix);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    traffic.answered({
      method: request.method,
      route: request.routeOptions.url,
      key: request.apiKey?.prefix,
      status: reply.raw.statusCode,
      durationMs: reply.elapsedTime,
    });
    done();
  });
}

function kindOf({ routeOptions, headers }: FastifyRequest): ConnectionKind {
  if (routeOptions.config.operation === 'mcp') return 'mcp';
  if (headers.upgrade !== undefined) return 'websocket';
  return routeOptions.config.streams === 'always' || headers.accept?.includes('text/event-stream') === true
    ? 'events'
    : 'http';
}
