import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import Type from 'typebox';
import type { Plugin } from '../../../plugins/sdk/src/define-plugin.ts';
import type { AnyTool, ToolContext } from '../../../plugins/sdk/src/tool.ts';
import { ToolError } from '../../../plugins/sdk/src/tool-error.ts';
import type { McpServer } from './mcp-server.ts';

const MESSAGE_LIMIT = 2000;

/** The tools of an MCP server as those of a plugin, under the server's own names. Kernel and server validate what goes through; this does not. */
export function bridgedPlugin(server: McpServer): Plugin {
  const { name, version } = server.identity;
  const tools = new Map(server.tools.map((tool) => [tool.name, bridgedTool(server, tool.name)] as const));
  const description = { displayName: name, description: name, publisher: name, license: 'UNKNOWN' };
  return { id: 'mcp', version, ...description, capabilities: [], tools };
}

function bridgedTool(server: McpServer, name: string): AnyTool {
  return {
    description: name,
    input: Type.Unknown(),
    output: Type.Unknown(),
    outputMode: 'value',
    effects: ['read', 'write'],
    timeoutMs: 1,
    run: (input, context) => call(server, { name, input }, context),
  };
}

async function call(
  server: McpServer,
  { name, input }: { readonly name: string; readonly input: unknown },
  { signal, progress }: ToolContext,
): Promise<unknown> {
  const given = typeof input === 'object' && input !== null ? { ...input } : {};
  const answer = await server.call({
    name,
    input: given,
    signal,
    onProgress({ message = '', progress: done, total }) {
      progress(message, { done, ...(total === undefined ? {} : { total }) });
    },
  });
  if (answer.isError === true) throw new ToolError('mcp_tool_failed', textOf(answer) || `${name} has failed`);
  const { content, structuredContent } = answer;
  return { content, ...(structuredContent === undefined ? {} : { structuredContent }) };
}

function textOf({ content }: CallToolResult): string {
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.join('\n').slice(0, MESSAGE_LIMIT);
}
