import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import { box } from '../../schema/contract/box.ts';
import { type Metrics, rateMetric } from '../metric.ts';
import type { BenchKernel } from './bench-kernel.ts';
import { withKeys } from './http-load.ts';
import type { LoadRequest } from './load-process.ts';

const TURNS = 2;
const TURN_S = 2;
const TOOL = 'sandbox_list';
const INPUT = { namespace: 'bench' };
const OUTPUT = { sandboxes: [] };

/** Calls of a small tool through the gateway's MCP, beside a bare server of the same SDK with a tool of that name that answers the same. */
export async function mcpCalls({ url, tokens, load }: BenchKernel): Promise<Metrics> {
  await using bare = await bareServer();
  const [token = ''] = tokens;
  const ours = withKeys(tokens, await recordedCall(`${url}/mcp`, token));
  const theirs = withKeys(tokens, await recordedCall(bare.url, token));
  const [own, floor]: [number[], number[]] = [[], []];
  for (let turn = 0; turn <= TURNS; turn += 1) {
    const rate = await load.rate({ url: `${url}/mcp`, requests: ours, seconds: TURN_S });
    const bareRate = await load.rate({ url: bare.url, requests: theirs, seconds: TURN_S });
    // The first turn warms both up.
    if (turn === 0) continue;
    own.push(rate);
    floor.push(bareRate);
  }
  return { mcp_call: rateMetric(own, 'calls/s', floor) };
}

/** The request of such a call as the official client sends it in the present revision, where each is one for itself. */
async function recordedCall(url: string, token: string): Promise<LoadRequest> {
  let sent: LoadRequest | undefined;
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: (input, init = {}) => {
      const { body } = init;
      const headers = Object.fromEntries(new Headers(init.headers));
      if (typeof body === 'string' && body.includes('tools/call')) sent = { method: 'POST', headers, body };
      return fetch(input, init);
    },
  });
  const client = new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(transport);
  const { structuredContent } = await client.callTool({ name: TOOL, arguments: INPUT });
  await client.close();
  if (JSON.stringify(structuredContent) !== JSON.stringify(OUTPUT) || sent === undefined) {
    throw new Error(`Cannot measure ${url}: the tool does not answer as expected`);
  }
  return sent;
}

async function bareServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const { input: inputSchema, output: outputSchema } = box.members.list;
  const tool = { name: TOOL, inputSchema, outputSchema };
  const handler = createMcpHandler(() => {
    const server = new Server({ name: 'bare', version: '1' }, { capabilities: { tools: {} } });
    // Schemas are plain JSON, as the protocol's tools have them.
    server.setRequestHandler('tools/list', () => ({ tools: [tool as never] }));
    server.setRequestHandler('tools/call', () => ({
      content: [{ type: 'text', text: JSON.stringify(OUTPUT) }],
      structuredContent: OUTPUT,
    }));
    return server;
  });
  const handle = toNodeHandler(handler);
  const server = createServer((request, response) => void handle(request as never, response)); // as in the gateway
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It listens on an address, not on a path.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async [Symbol.asyncDispose]() {
      await handler.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
