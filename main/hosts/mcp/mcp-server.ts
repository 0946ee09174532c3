import { ProtocolError, ProtocolErrorCode, Server, specTypeSchemas } from '@modelcontextprotocol/server';
import type { McpSurface } from './surface.ts';

const INSTRUCTIONS = [
  'Cavern runs commands and tools in sandboxes on copies of folders.',
  'Start with sandbox_start; it gives a session, which every other tool takes.',
  'Work in the sandbox, look with changes_diff, and ask with changes_apply for the changes to be brought into the folder.',
  'The operator may have to approve a call; it waits for the answer and says so. What the policy denies says why.',
].join(' ');

/** Named here, parameters that do not fit are the client's error (-32602); where the SDK takes its own, they are one of ours. */
const PAGE = { params: specTypeSchemas.PaginatedRequestParams } as const;

export interface McpServerOptions {
  readonly surface: McpSurface;
  readonly version: string;
  /** The revisions before 2026-07-28 are one connection, which can be told of changes as they happen. */
  readonly era: 'legacy' | 'modern';
  /** What tells a client of changed lists: this server, or something beside it. */
  readonly changes: 'told' | 'elsewhere';
}

/** A server of the protocol for one connection, or for one request; it ends with its transport. */
export function createMcpServer({ surface, version, era, changes }: McpServerOptions): Server {
  const subscribe = era === 'legacy';
  const server = new Server(
    { name: 'cavern', title: 'Cavern', version },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { listChanged: true, subscribe },
        prompts: {},
        ...surface.capabilities,
      },
      instructions: INSTRUCTIONS,
    },
  );
  const ending = new AbortController();
  // A server is no event target: it has one listener each.
  Object.assign(server, { onclose: () => ending.abort() });
  serveTools(server, surface);
  server.setRequestHandler('resources/list', PAGE, async () => ({ resources: await surface.resources() }));
  server.setRequestHandler('resources/templates/list', PAGE, () => ({ resourceTemplates: surface.templates() }));
  const resource = { params: specTypeSchemas.ReadResourceRequestParams };
  server.setRequestHandler('resources/read', resource, ({ uri }) => surface.readResource(uri));
  server.setRequestHandler('prompts/list', PAGE, () => ({ prompts: surface.prompts() }));
  const prompt = { params: specTypeSchemas.GetPromptRequestParams };
  server.setRequestHandler('prompts/get', prompt, ({ name, arguments: values }) => surface.prompt(name, values));
  if (subscribe) serveSubscriptions(server, surface, ending.signal);
  if (changes === 'told') {
    surface.watchLists({
      tools: () => void server.sendToolListChanged().catch(() => undefined),
      resources: () => void server.sendResourceListChanged().catch(() => undefined),
      signal: ending.signal,
    });
  }
  surface.extend?.(server);
  return server;
}

function serveTools(server: Server, surface: McpSurface): void {
  server.setRequestHandler('tools/list', PAGE, async () => ({ tools: await surface.tools() }));
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const { name, arguments: input = {} } = params;
    const result = await surface.callTool({ name, input }, { server, context });
    if (result !== undefined) return result;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool "${name.slice(0, 128)}"`);
  });
}

function serveSubscriptions(server: Server, surface: McpSurface, ending: AbortSignal): void {
  const watched = new Map<string, AbortController>();
  const subscribed = { params: specTypeSchemas.SubscribeRequestParams };
  server.setRequestHandler('resources/subscribe', subscribed, async ({ uri }) => {
    if (watched.has(uri)) return {};
    const stop = new AbortController();
    const changed = (): void => void server.sendResourceUpdated({ uri }).catch(() => undefined);
    watched.set(uri, stop);
    try {
      await surface.watchResource(uri, { changed, signal: AbortSignal.any([stop.signal, ending]) });
    } catch (thrown) {
      watched.delete(uri);
      throw thrown;
    }
    return {};
  });
  const unsubscribed = { params: specTypeSchemas.UnsubscribeRequestParams };
  server.setRequestHandler('resources/unsubscribe', unsubscribed, ({ uri }) => {
    watched.get(uri)?.abort();
    watched.delete(uri);
    return {};
  });
}
