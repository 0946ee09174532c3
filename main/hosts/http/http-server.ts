import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { Area } from '../../../schema/contract/contract.ts';
import { Fault } from '../../../schema/fault.ts';
import { type Health, openApiDocument } from '../../../schema/http/openapi.ts';
import { routesOf } from '../../../schema/http/routes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { ServeOptions } from '../../kernel/dispatch/serve-channel.ts';
import type { Authentication } from '../../kernel/keys/authentication.ts';
import { refusedAddress } from './address-check.ts';
import { AnswerWatch } from './answer-watch.ts';
import { AnswersOfTurn } from './answers-of-turn.ts';
import { admit } from './bearer.ts';
import { contractRoutes } from './contract-routes.ts';
import { faultAnswer, sendFault, sendJson } from './fault-answer.ts';
import { readJsonBodies } from './json-body.ts';
import type { HttpMetrics } from './metrics.ts';
import { RequestsOfTurn } from './requests-of-turn.ts';
import { checkServing, LOOPBACK, servedAt, type ServedAt, type TlsIdentity } from './served-at.ts';
import { tlsServer } from './tls-server.ts';
import { type HttpTraffic, watchTraffic } from './watched-traffic.ts';

export interface HttpServerOptions {
  readonly areas: Readonly<Record<string, Area>>;
  readonly dispatch: ServeOptions['dispatch'];
  readonly authentication: Authentication;
  readonly metrics: HttpMetrics;
  readonly health: () => Promise<Static<typeof Health>>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  /** 0: one that is free. */
  readonly port: number;
  /** Of a network of this machine; 127.0.0.1 if absent. Any other than a loopback one needs `tls`. */
  readonly address?: string;
  readonly tls?: TlsIdentity;
  readonly limits?: Partial<ServerLimits>;
  /** Is told of connections and answers. */
  readonly traffic?: HttpTraffic;
  /** Adds routes of another protocol; their requests have passed the same checks, and their key is in `request.apiKey`. */
  readonly mount?: (app: FastifyInstance) => void | Promise<void>;
}

/** What one client may take of the server. */
export interface ServerLimits {
  /** For the headers of a request to come whole. */
  readonly headersTimeoutMs: number;
  /** For all of a request to come. */
  readonly requestTimeoutMs: number;
  /** How many may be open at once; one more is closed at once. */
  readonly connections: number;
}

/** The gateway as it listens. Disposing ends streams at once, lets other requests finish for a moment, then ends them too. */
export interface HttpServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, or `https:` and another address */
  readonly url: string;
}

const BODY_LIMIT_BYTES = 2 * 1024 * 1024;
const MESSAGE_LIMIT_BYTES = 1024 * 1024;
const HEADERS_LIMIT_BYTES = 16 * 1024;
const HEADERS_LIMIT = 100;
const PARAM_LIMIT = 256;
const LIMITS: ServerLimits = { headersTimeoutMs: 10_000, requestTimeoutMs: 30_000, connections: 1024 };
const TIMEOUT_CHECK_MS = 1000;
const KEEP_ALIVE_MS = 30_000;
const CLOSING_MS = 3000;

/** An answer is for the program that asked, and never for a page: nothing may show, keep or run it. */
const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};
const HEADER_ENTRIES = Object.entries(HEADERS);

/**
 * Listens, on this machine only unless it is told otherwise, and serves the contract to whoever has a key.
 * @throws Fault `port_taken`, `invalid_address`, `tls_needed`, `tls_invalid`
 */
export async function serveHttp(options: HttpServerOptions): Promise<HttpServer> {
  const { address = LOOPBACK, tls } = options;
  checkServing(address, tls);
  const closing = new AbortController();
  const listening = { at: servedAt({ address, port: options.port }, tls) };
  const { headersTimeoutMs, requestTimeoutMs, connections } = { ...LIMITS, ...options.limits };
  const limits = {
    maxHeaderSize: HEADERS_LIMIT_BYTES,
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    insecureHTTPParser: false,
    requireHostHeader: true,
  };
  const app = Fastify({
    ...(tls === undefined
      ? { http: limits }
      : {
          serverFactory: tlsServer(tls, {
            ...limits,
            requestTimeout: requestTimeoutMs,
            keepAliveTimeout: KEEP_ALIVE_MS,
          }),
        }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: PARAM_LIMIT },
    exposeHeadRoutes: false,
    requestIdHeader: false,
    frameworkErrors: (failure, _request, reply) => answerFailure(failure, reply),
  });
  app.server.maxHeadersCount = HEADERS_LIMIT;
  app.server.maxConnections = connections;
  await app.register(websocket, { options: { maxPayload: MESSAGE_LIMIT_BYTES, perMessageDeflate: false } });
  addChecks(app, options, { listening, closing: closing.signal });
  if (options.traffic !== undefined) watchTraffic(app, options.traffic);
  readJsonBodies(app);
  openRoutes(app, options, listening);
  const { dispatch, authentication, clock } = options;
  const routes = routesOf(options.areas);
  const streams = new Set<Promise<void>>();
  const track = (work: Promise<void>): void => {
    streams.add(work);
    void work.finally(() => streams.delete(work));
  };
  const { signal } = closing;
  contractRoutes(app, { routes, dispatch, authentication, clock, closing: signal, track, headers: HEADERS });
  await options.mount?.(app);
  listening.at = servedAt({ address, port: await listen(app, { address, port: options.port }) }, tls);
  return {
    url: listening.at.url,
    async [Symbol.asyncDispose]() {
      closing.abort();
      const last = clock.setTimer(CLOSING_MS, () => app.server.closeAllConnections());
      await app.close();
      await Promise.all(streams);
      last[Symbol.dispose]();
    },
  };
}

async function listen(
  app: FastifyInstance,
  { address, port }: { readonly address: string; readonly port: number },
): Promise<number> {
  try {
    await app.listen({ host: address, port });
  } catch (cause) {
    await app.close();
    throw new Fault('port_taken', `Cannot serve on port ${port}: it cannot be listened on`, {
      cause,
      why: whyNotListening(cause),
      fix: 'Choose another port, or any that is free.',
    });
  }
  const bound = app.server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}

/** The port is known when it listens. */
interface Listening {
  readonly at: ServedAt;
}

function whyNotListening(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') return 'Another program listens on it.';
  if (code === 'EACCES') return 'Ports below 1024 belong to the administrator of this machine.';
  return cause instanceof Error ? cause.message : String(cause);
}

/** What every request passes, whatever it asks for: also one for nothing that is there. */
function addChecks(
  app: FastifyInstance,
  options: HttpServerOptions,
  { listening, closing }: { readonly listening: Listening; readonly closing: AbortSignal },
): void {
  const { authentication, metrics, clock, logger } = options;
  const answers = new AnswerWatch(clock);
  const turn = { requests: new RequestsOfTurn(), answers: new AnswersOfTurn() };
  app.addHook('onClose', () => answers[Symbol.dispose]());
  app.decorateRequest('apiKey', undefined);
  app.addHook('onRequest', (request, reply, done) => {
    for (const [name, value] of HEADER_ENTRIES) void reply.header(name, value);
    const refused = refusedAddress(request.raw, listening.at);
    if (refused !== undefined) {
      logger.warn('a request was refused', { code: refused.code });
      answerFailure(refused, reply);
    } else if (request.routeOptions.config.open === true || admit(authentication, request, reply)) {
      turn.requests.take(() => done());
    }
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (closing.aborted) void reply.header('connection', 'close');
    answers.begin(request.raw.socket);
    turn.answers.send(() => {
      try {
        done(null, payload);
      } catch (cause) {
        // Nobody is behind this any more who could answer with the failure.
        logger.error('an answer could not be sent', { cause });
        request.raw.destroy();
      }
    });
  });
  app.addHook('onResponse', (request, reply, done) => {
    answers.end(request.raw.socket);
    const { operation = 'none' } = request.routeOptions.config;
    metrics.answered({ operation, status: reply.statusCode, durationMs: reply.elapsedTime });
    if (reply.statusCode >= 500) logger.warn('a request failed', { operation, status: reply.statusCode });
    done();
  });
  app.setErrorHandler((failure, _request, reply) => answerFailure(failure, reply));
  app.setNotFoundHandler((_request, reply) => {
    sendFault(reply, 404, { error: 'not_found', message: 'Cannot find it: there is no such address' });
    return reply;
  });
}

function answerFailure(failure: unknown, reply: FastifyReply): void {
  const { status, body } = faultAnswer(failure);
  // What is left of a body that nobody reads must not be taken for the next request.
  if (status === 413 || status === 400) void reply.header('connection', 'close');
  sendJson(reply, status, body);
}

/** What needs no key: it names nothing and nobody. */
function openRoutes(app: FastifyInstance, options: HttpServerOptions, listening: Listening): void {
  const config = { open: true } as const;
  let document: string | undefined;
  app.get('/openapi.json', { config }, (_request: FastifyRequest, reply) => {
    const { url } = listening.at;
    document ??= JSON.stringify(openApiDocument(options.areas, { version: options.version, url }));
    return reply.header('content-type', 'application/json; charset=utf-8').send(document);
  });
  app.get('/healthz', { config }, async (_request, reply) => {
    const health = await options.health();
    sendJson(reply, health.ok ? 200 : 503, health);
    return reply;
  });
  app.get('/metrics', { config }, (_request, reply) => {
    const { contentType, text } = options.metrics.text();
    return reply.header('content-type', contentType).send(text);
  });
}
