import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  ErrorCode,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  McpError,
  type Progress,
  ResultSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { programOf, type ServerEntry, serverCommand } from '../../../schema/mcp/server-program.ts';
import { type McpAnswer, type McpTool, readAnswer, readTools } from './mcp-message.ts';
import { programProblem } from './program-problem.ts';
import type { ServerLog } from './server-log.ts';

/** How long a call may take is the kernel's to say. */
const NO_TIMEOUT_MS = 86_400_000;
/** Of its start, on a busy machine too; whoever calls meanwhile waits no longer than the tool's own time. */
const START_LIMIT_MS = 60_000;
/** A server that asks where it may work takes the answer in by itself, and says nothing when it has; before that it refuses what is called. */
const ROOTS_TAKEN_IN_MS = 200;
/** The code of an answer that did not come. */
const REQUEST_TIMEOUT: number = ErrorCode.RequestTimeout;
/** Of pages of the list of tools: a server that never comes to its end is not waited for. */
const PAGE_LIMIT = 1000;
/** Of one message. An answer that is too large for a plugin is still read, so that only its call fails. */
const MESSAGE_LIMIT_BYTES = 32 * 1024 * 1024;
const NO_INTERPRETER = 'what its entry is run by, an interpreter or a loader, is not in the sandbox';

export interface McpStart extends ServerEntry {
  readonly args: readonly string[];
  /** Beside the variables of the sandbox. */
  readonly env: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly log: ServerLog;
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
  #tools: readonly McpTool[] = [];
  /** Until what it said it has by now is known. */
  #listing: Promise<void> = Promise.resolve();

  private constructor(client: Client) {
    this.#client = client;
  }

  /** Starts the server and asks for its tools. Throws where it does not speak MCP. */
  static async start(start: McpStart): Promise<McpServer> {
    const { args, env, workspace, log, onEnd } = start;
    const client = new Client({ name: 'cavern', version: '1' }, { capabilities: { roots: {} } });
    const server = new McpServer(client);
    let hasAskedForRoots = false;
    client.setRequestHandler(ListRootsRequestSchema, () => {
      hasAskedForRoots = true;
      return { roots: [{ uri: pathToFileURL(workspace).href, name: 'workspace' }] };
    });
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => log.message(params));
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      server.#listing = server.#listing.then(() => server.#listAgain(log));
    });
    // It is no EventTarget.
    Object.assign(client, { onclose: onEnd, onerror: (cause: Error) => log.problem(cause.message) });
    const environment = Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined);
    // From the workspace, and never looked for in PATH.
    const entry = resolve(workspace, start.entry);
    const problem = programOf(start) === 'binary' ? await programProblem(entry) : undefined;
    if (problem !== undefined) throw new Error(problem);
    const [program, ...before] = serverCommand({ ...start, entry });
    const transport = new StdioClientTransport({
      command: program === 'node' ? process.execPath : program,
      args: [...before, ...args],
      env: { ...Object.fromEntries(environment), ...env },
      cwd: workspace,
      stderr: 'inherit',
      maxBufferSize: MESSAGE_LIMIT_BYTES,
    });
    await client.connect(transport, { timeout: START_LIMIT_MS }).catch(explained('initialize'));
    server.#tools = await server.#list().catch(explained('tools/list'));
    if (hasAskedForRoots) await delay(ROOTS_TAKEN_IN_MS);
    return server;
  }

  /** As it listed them last. */
  get tools(): readonly McpTool[] {
    return this.#tools;
  }

  /** Whether it has a tool of that name; of one that is about to list others, when it has. */
  async has(name: string): Promise<boolean> {
    const isThere = (): boolean => this.#tools.some((tool) => tool.name === name);
    if (isThere()) return true;
    await this.#listing;
    return isThere();
  }

  /** The server's own name and version, as it says. */
  get identity(): { readonly name: string; readonly version: string } {
    const { name = 'mcp', title = name, version = '0.0.0' } = this.#client.getServerVersion() ?? {};
    return { name: title, version };
  }

  /** Throws McpError for what the server refuses. A tool's own failure is an answer: `isError`. */
  async call({ name, input, signal, onProgress }: McpCall): Promise<McpAnswer> {
    const answer = await this.#client.request(
      { method: 'tools/call', params: { name, arguments: input } },
      ResultSchema,
      { signal, timeout: NO_TIMEOUT_MS, onprogress: onProgress },
    );
    return readAnswer(answer);
  }

  async close(): Promise<void> {
    Object.assign(this.#client, { onclose: undefined });
    await this.#client.close();
  }

  async #listAgain(log: ServerLog): Promise<void> {
    try {
      this.#tools = await this.#list();
    } catch (thrown) {
      log.problem(`its tools have changed and cannot be listed: ${thrown instanceof Error ? thrown.message : ''}`);
    }
  }

  /** Not through the client's own call, which refuses the whole list for one schema that it does not like. */
  async #list(): Promise<McpTool[]> {
    const tools: McpTool[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < PAGE_LIMIT; page += 1) {
      const params = cursor === undefined ? {} : { cursor };
      const request = { method: 'tools/list', params } as const; // the method's own name
      const listed = await this.#client.request(request, ResultSchema, { timeout: START_LIMIT_MS });
      const { tools: more, nextCursor } = readTools(listed);
      tools.push(...more);
      cursor = nextCursor;
      if (cursor === undefined) return tools;
    }
    throw new Error(`the list of its tools has more than ${PAGE_LIMIT} pages`);
  }
}

/** What was asked is said where no answer came, and what is missing where nothing could be started. */
function explained(asked: string): (thrown: unknown) => never {
  return (thrown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')
      throw new Error(NO_INTERPRETER, { cause: thrown });
    if (!(thrown instanceof McpError) || thrown.code !== REQUEST_TIMEOUT) throw thrown;
    throw new Error(`it did not answer "${asked}" within ${START_LIMIT_MS / 1000} seconds`, { cause: thrown });
  };
}
