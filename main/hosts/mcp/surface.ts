import type {
  CallToolResult,
  GetPromptResult,
  InputRequiredResult,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplateType,
  Server,
  ServerCapabilities,
  ServerContext,
  Tool,
} from '@modelcontextprotocol/server';

/** One request of a client, and the server that it came to. */
export interface McpRequest {
  readonly server: Server;
  readonly context: ServerContext;
}

/** What a client can list, call and read. */
export interface McpSurface {
  tools(): Promise<Tool[]>;
  /** Undefined: there is no such tool. A failure of the tool is a result, not an error. */
  callTool(
    call: { readonly name: string; readonly input: Record<string, unknown> },
    request: McpRequest,
  ): Promise<CallToolResult | InputRequiredResult | undefined>;
  resources(): Promise<Resource[]>;
  templates(): ResourceTemplateType[];
  /** @throws ResourceNotFoundError */
  readResource(uri: string): Promise<ReadResourceResult>;
  /** Tells of each change of a resource until the signal aborts. @throws ResourceNotFoundError */
  watchResource(uri: string, watch: { readonly changed: () => void; readonly signal: AbortSignal }): Promise<void>;
  prompts(): Prompt[];
  /** @throws ProtocolError */
  prompt(name: string, values: Readonly<Record<string, string>> | undefined): GetPromptResult;
  /** Tells whenever the list of tools or of resources is another one, until the signal aborts. */
  watchLists(watch: { readonly tools: () => void; readonly resources: () => void; readonly signal: AbortSignal }): void;
  /** Beside those that every server here has. */
  readonly capabilities?: ServerCapabilities;
  /** Answers more than what is above. */
  readonly extend?: (server: Server) => void;
}
