import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  type CallToolResult,
  ListRootsRequestSchema,
  type Progress,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import { CompatibilityCallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { serverProgram } from '../../../schema/mcp/server-program.ts';

/** How long a call may take is the kernel's to say. */
const NO_TIMEOUT_MS = 86_400_000;
/** Of pages of the list of tools: a server that never comes to its end is not waited for. */
const PAGE_LIMIT = 100;

export interface McpStart {
  /** The server's entry, for Node or Python. */
  readonly entry: string;
  readonly args: readonly string[];
  /** Beside the variables of the sandbox. */
  readonly env: Readonly<Record<string, string>>;
  readonly workspace: string;
  /** The server has ended. */
  readonly onEnd: () => void;
}

export interface McpCall {
  readonly name: string;
  readonly input: Record<string, unknown>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** An MCP server on stdio, as its client sees it. It is offered the workspace as its only root, and nothing else: no sampling, no questions. */
export class McpServer {
  readonly #client: Client;
  readonly tools: readonly Tool[];

  private constructor(client: Client, tools: readonly Tool[]) {
    this.#client = client;
    this.tools = tools;
  }

  /** Starts the server and asks for its tools. Throws where it does not speak MCP. */
  static async start({ entry, args, env, workspace, onEnd }: McpStart): Promise<McpServer> {
    const client = new Client({ name: 'cavern', version: '1' }, { capabilities: { roots: {} } });
    client.setRequestHandler(ListRootsRequestSchema, () => ({
      roots: [{ uri: pathToFileURL(workspace).href, name: 'workspace' }],
    }));
    Object.assign(client, { onclose: onEnd }); // it is no EventTarget
    const environment = Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const [program, ...options] = serverProgram(entry);
    await client.connect(
      new StdioClientTransport({
        command: program === 'node' ? process.execPath : program,
        args: [...options, entry, ...args],
        env: { ...Object.fromEntries(environment), ...env },
        cwd: workspace,
        stderr: 'inherit',
      }),
    );
    return new McpServer(client, await listTools(client));
  }

  /** The server's own name and version, as it says. */
  get identity(): { readonly name: string; readonly version: string } {
    const { name = 'mcp', version = '0.0.0' } = this.#client.getServerVersion() ?? {};
    return { name, version };
  }

  /** Throws McpError for what the server refuses. A tool's own failure is an answer: `isError`. */
  async call({ name, input, signal, onProgress }: McpCall): Promise<CallToolResult> {
    const answer = await this.#client.callTool({ name, arguments: input }, CompatibilityCallToolResultSchema, {
      signal,
      timeout: NO_TIMEOUT_MS,
      onprogress: onProgress,
    });
    // Servers of the first version of the protocol answer with `toolResult`.
    if (!('content' in answer)) return { content: [{ type: 'text', text: JSON.stringify(answer['toolResult']) }] };
    return answer as CallToolResult; // the schema above has checked it
  }

  async close(): Promise<void> {
    Object.assign(this.#client, { onclose: undefined });
    await this.#client.close();
  }
}

async function listTools(client: Client): Promise<Tool[]> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGE_LIMIT; page += 1) {
    const listed = await client.listTools(cursor === undefined ? {} : { cursor });
    tools.push(...listed.tools);
    cursor = listed.nextCursor;
    if (cursor === undefined) return tools;
  }
  throw new Error(`the list of its tools has more than ${PAGE_LIMIT} pages`);
}
