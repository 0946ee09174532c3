import type { IncomingMessage, ServerResponse } from 'node:http';
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { BODY_LIMIT_BYTES, McpEndpoint } from './endpoint.ts';
import type { KernelSurface } from './kernel-surface.ts';

/** More callers than this at a time: the one that came longest ago begins anew. */
const CALLER_LIMIT = 256;

/** Whom the host has authenticated. */
export interface EndpointCaller {
  readonly id: string;
}

export interface EndpointsOptions<C extends EndpointCaller> {
  /** What the kernel offers to a caller; made once for each, and disposed of with it. */
  readonly surfaceOf: (caller: C) => KernelSurface;
  /** Calls back when a caller may go on no more; absent: callers may for ever. */
  readonly onEnd?: (caller: C, ended: () => void) => Disposable;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Served {
  readonly endpoint: McpEndpoint;
  readonly surface: KernelSurface;
  readonly handle: ReturnType<typeof toNodeHandler>;
  watch?: Disposable;
}

/** `/mcp` of the HTTP host, behind its authentication and its checks of `Host` and `Origin`. No caller sees another one's connections or calls. */
export class McpEndpoints<C extends EndpointCaller> implements AsyncDisposable {
  readonly #options: EndpointsOptions<C>;
  readonly #callers = new Map<string, Served>();

  constructor(options: EndpointsOptions<C>) {
    this.#options = options;
  }

  /** Answers one request of a caller; `body` where it was read and parsed already. */
  async handle(
    caller: C,
    request: IncomingMessage,
    { response, body }: { response: ServerResponse; body?: unknown },
  ): Promise<void> {
    // Node's request and answer have what the adapter asks for; their types say `undefined` where its say nothing.
    await this.#serve(caller).handle(request as NodeIncomingMessageLike, response, body);
  }

  #end(caller: string): void {
    this.#forget(caller).catch((thrown: unknown) =>
      this.#options.logger.warn('an MCP caller could not be ended', { thrown }),
    );
  }

  async #forget(caller: string): Promise<void> {
    const served = this.#callers.get(caller);
    this.#callers.delete(caller);
    served?.watch?.[Symbol.dispose]();
    await served?.endpoint[Symbol.asyncDispose]();
    served?.surface[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#callers.keys()].map((caller) => this.#forget(caller)));
  }

  #serve(caller: C): Served {
    const known = this.#callers.get(caller.id);
    if (known !== undefined) return known;
    const { surfaceOf, onEnd, logger } = this.#options;
    const surface = surfaceOf(caller);
    const endpoint = new McpEndpoint({ ...this.#options, surface });
    const onerror = (thrown: Error): void => logger.warn('an MCP request could not be read', { thrown });
    const served: Served = {
      endpoint,
      surface,
      handle: toNodeHandler(endpoint, { onerror, maxRequestBodySize: BODY_LIMIT_BYTES }),
    };
    this.#callers.set(caller.id, served);
    const watch = onEnd?.(caller, () => this.#end(caller.id));
    if (watch !== undefined) served.watch = watch;
    const [first] = this.#callers.keys();
    if (first !== undefined && this.#callers.size > CALLER_LIMIT) this.#end(first);
    return served;
  }
}
