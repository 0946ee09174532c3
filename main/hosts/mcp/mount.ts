import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { keyOf } from '../http/bearer.ts';
import type { AuthenticatedKey } from '../../kernel/keys/authentication.ts';
import type { McpEndpoints } from './endpoints.ts';

/** Serves `/mcp` on the gateway, to whoever has a key. All connections end before the gateway closes. */
export function mountMcp(app: FastifyInstance, endpoints: McpEndpoints<AuthenticatedKey>): void {
  app.addHook('preClose', () => endpoints[Symbol.asyncDispose]());
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    config: { operation: 'mcp' },
    async handler(request, reply) {
      // The protocol writes the answer itself, with the headers of every answer here.
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      if (request.method === 'GET') tellAtOnce(reply.raw);
      await endpoints.handle(keyOf(request), request.raw, { response: reply.raw, body: request.body });
    },
  });
}

/** A stream of events may have none for long: its client is told that it stands before the first of them. */
function tellAtOnce(response: ServerResponse): void {
  const { writeHead } = response;
  Object.assign(response, {
    writeHead(...head: Parameters<typeof writeHead>): ServerResponse {
      writeHead.apply(response, head);
      response.flushHeaders();
      return response;
    },
  });
}
