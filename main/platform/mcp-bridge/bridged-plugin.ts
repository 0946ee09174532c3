import { McpError } from '@modelcontextprotocol/sdk/types.js';
import Type from 'typebox';
import type { Plugin } from '../../../plugins/sdk/src/define-plugin.ts';
import type { AnyTool, ToolContext } from '../../../plugins/sdk/src/tool.ts';
import { ToolError } from '../../../plugins/sdk/src/tool-error.ts';
import type { McpAnswer } from './mcp-message.ts';
import type { McpServer } from './mcp-server.ts';

const MESSAGE_LIMIT = 2000;

/** What of a server is needed to call it. */
export type CalledServer = Pick<McpServer, 'has' | 'call'>;

/**
 * The tools of an MCP server as those of a plugin, under the server's own names; a call that comes while the server starts waits for
 * it. Kernel and server validate what goes through; this does not.
 */
export function bridgedPlugin(server: Promise<CalledServer>): Plugin {
  const description = { displayName: 'mcp', description: 'mcp', publisher: 'mcp', license: 'UNKNOWN' };
  return { id: 'mcp', version: '0.0.0', ...description, capabilities: [], tools: new BridgedTools(server) };
}

/** Holds a tool of any name: which there are is not known before the server has started, and can change. */
class BridgedTools extends Map<string, AnyTool> {
  readonly #server: Promise<CalledServer>;

  constructor(server: Promise<CalledServer>) {
    super();
    this.#server = server;
  }

  override get(name: string): AnyTool {
    return {
      description: name,
      input: Type.Unknown(),
      output: Type.Unknown(),
      outputMode: 'value',
      effects: ['read', 'write'],
      timeoutMs: 1,
      run: async (input, context) => call(await unlessAborted(this.#server, context.signal), { name, input }, context),
    };
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function call(
  server: CalledServer,
  { name, input }: { readonly name: string; readonly input: unknown },
  { signal, progress }: ToolContext,
): Promise<unknown> {
  if (!(await unlessAborted(server.has(name), signal))) {
    throw new ToolError('tool_unknown', `Cannot call "${name}": the MCP server has no such tool`);
  }
  const given = typeof input === 'object' && input !== null ? { ...input } : {};
  const answer = await answerOf(server, {
    name,
    input: given,
    signal,
    onProgress({ message = '', progress: done, total }) {
      progress(message, { done, ...(total === undefined ? {} : { total }) });
    },
  });
  if (answer.isError) throw new ToolError('mcp_tool_failed', textOf(answer) || `${name} has failed`);
  const { content, structuredContent } = answer;
  return { content, ...(structuredContent === undefined ? {} : { structuredContent }) };
}

/** What the server refuses is told in its words. */
async function answerOf(server: CalledServer, asked: Parameters<CalledServer['call']>[0]): Promise<McpAnswer> {
  try {
    return await server.call(asked);
  } catch (thrown) {
    if (asked.signal.aborted || !(thrown instanceof McpError)) throw thrown;
    throw new ToolError('mcp_refused', thrown.message.slice(0, MESSAGE_LIMIT), { data: { code: thrown.code } });
  }
}

function textOf({ content }: McpAnswer): string {
  const texts = content.flatMap((part) => {
    const { type, text }: { type?: unknown; text?: unknown } = Object(part);
    return type === 'text' && typeof text === 'string' ? [text] : [];
  });
  return texts.join('\n').slice(0, MESSAGE_LIMIT);
}
