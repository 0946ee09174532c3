import { randomUUID } from 'node:crypto';
import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type McpHandlerRequestOptions,
  type McpHttpHandler,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { KeptEvents } from './kept-events.ts';
import { createMcpServer } from './mcp-server.ts';
import type { McpSurface } from './surface.ts';

export interface EndpointOptions {
  readonly surface: McpSurface;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The longest message that is read, in bytes. */
export const BODY_LIMIT_BYTES = 16 * 1024 * 1024;
/** Connections of the revisions before 2026-07-28 at a time; one more ends the one that was used longest ago. */
const CONNECTION_LIMIT = 32;
/** A connection that was not used for so long is ended: its client has to begin anew. */
const IDLE_LIMIT_MS = 2 * 60 * 60_000;
/** How soon a client whose stream ended may come back. */
const RETRY_MS = 500;

interface Connection {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  usedAtMs: number;
}

/**
 * The protocol over Streamable HTTP for one caller, whom the host has authenticated: each request for itself since the
 * revision of 2026-07-28, connections with an id before it. Disposing ends all of them.
 */
export class McpEndpoint implements AsyncDisposable {
  readonly #options: EndpointOptions;
  readonly #modern: McpHttpHandler;
  readonly #connections = new Map<string, Connection>();
  readonly #ending = new AbortController();

  constructor(options: EndpointOptions) {
    this.#options = options;
    const { surface, version } = options;
    this.#modern = createMcpHandler(() => createMcpServer({ surface, version, era: 'modern', changes: 'elsewhere' }), {
      legacy: 'reject',
      maxRequestBodySize: BODY_LIMIT_BYTES,
      onerror: (thrown) => this.#warn(thrown),
    });
    surface.watchLists({
      tools: () => this.#modern.notify.toolsChanged(),
      resources: () => this.#modern.notify.resourcesChanged(),
      signal: this.#ending.signal,
    });
  }

  /** Answers one request. Bound: it may be handed on by itself. */
  readonly fetch = async (request: Request, options: McpHandlerRequestOptions = {}): Promise<Response> => {
    const { parsedBody } = options;
    const isLegacy = await isLegacyRequest(request, parsedBody, { maxRequestBodySize: BODY_LIMIT_BYTES });
    if (!isLegacy) return this.#modern.fetch(request, options);
    this.#endIdle();
    const id = request.headers.get('mcp-session-id');
    if (id !== null) return this.#continue(id, request, parsedBody);
    const body: unknown = parsedBody ?? (await bodyOf(request));
    if (isInitializeRequest(body)) return this.#begin(request, body);
    return refusal(400, 'Cannot take the request: it is of no connection, and begins none');
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#modern.close();
    for (const { transport } of this.#connections.values()) await transport.close();
    this.#connections.clear();
  }

  async #begin(request: Request, parsedBody: unknown): Promise<Response> {
    const { surface, version, clock } = this.#options;
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void this.#connections.set(id, { transport, usedAtMs: clock.now() }),
      onsessionclosed: (id) => void this.#connections.delete(id),
      eventStore: new KeptEvents(),
      retryInterval: RETRY_MS,
      maxRequestBodySize: BODY_LIMIT_BYTES,
    });
    const server = createMcpServer({ surface, version, era: 'legacy', changes: 'told' });
    Object.assign(server, { onerror: (thrown: Error) => this.#warn(thrown) });
    await server.connect(transport);
    const response = await transport.handleRequest(request, { parsedBody });
    const [oldest] = [...this.#connections].sort(([, a], [, b]) => a.usedAtMs - b.usedAtMs);
    if (oldest !== undefined && this.#connections.size > CONNECTION_LIMIT) this.#end(oldest[0]);
    return response;
  }

  async #continue(id: string, request: Request, parsedBody: unknown): Promise<Response> {
    const connection = this.#connections.get(id);
    if (connection === undefined) return refusal(404, 'Cannot go on with the connection: it has ended');
    connection.usedAtMs = this.#options.clock.now();
    return connection.transport.handleRequest(request, parsedBody === undefined ? {} : { parsedBody });
  }

  #endIdle(): void {
    const earliestMs = this.#options.clock.now() - IDLE_LIMIT_MS;
    for (const [id, { usedAtMs }] of this.#connections) if (usedAtMs < earliestMs) this.#end(id);
  }

  #end(id: string): void {
    const ended = this.#connections.get(id);
    this.#connections.delete(id);
    ended?.transport.close().catch((thrown: unknown) => this.#warn(thrown));
  }

  #warn(thrown: unknown): void {
    this.#options.logger.warn('an MCP request could not be taken', { thrown });
  }
}

/** Left readable for whoever reads it next; undefined where it is no JSON. */
async function bodyOf(request: Request): Promise<unknown> {
  try {
    return await request.clone().json();
  } catch {
    return undefined;
  }
}

function refusal(status: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }, { status });
}
