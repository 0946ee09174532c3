/** What of a tool of an MCP server is of use here. */
export interface McpTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema?: unknown;
  readonly outputSchema?: unknown;
  readonly annotations?: { readonly readOnlyHint?: unknown; readonly openWorldHint?: unknown };
}

/** The answer to a call. */
export interface McpAnswer {
  readonly content: readonly unknown[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a page of the list of tools. Servers are taken as they are: what has no name is left out, what else is wrong is not there. */
export function readTools({ tools, nextCursor }: Fields): { tools: McpTool[]; nextCursor: string | undefined } {
  const read = (Array.isArray(tools) ? tools : []).filter(isFields).flatMap((tool): McpTool[] => {
    const { name, description, inputSchema, outputSchema, annotations } = tool;
    if (typeof name !== 'string' || name === '') return [];
    const about = typeof description === 'string' ? description : undefined;
    return [
      { name, description: about, inputSchema, outputSchema, annotations: isFields(annotations) ? annotations : {} },
    ];
  });
  return { tools: read, nextCursor: typeof nextCursor === 'string' && nextCursor !== '' ? nextCursor : undefined };
}

/** Reads the answer to a call. Servers of the first version of the protocol answer with `toolResult`. */
export function readAnswer({ content, structuredContent, isError, toolResult }: Fields): McpAnswer {
  const parts: readonly unknown[] = Array.isArray(content)
    ? content
    : toolResult === undefined
      ? []
      : [{ type: 'text', text: JSON.stringify(toolResult) }];
  return {
    content: parts,
    isError: isError === true,
    ...(isFields(structuredContent) ? { structuredContent } : {}),
  };
}
