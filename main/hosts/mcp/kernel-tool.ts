import type { CallToolResult, Tool as McpToolDefinition, ToolAnnotations } from '@modelcontextprotocol/server';
import type { CallOptions, Effect } from '../../../schema/contract/contract.ts';
import { type Fault, toFault } from '../../../schema/fault.ts';

const PATH_FORMAT = 'workspace-path';

/** What a tool is given beside its input. */
export interface ToolCall extends Required<Pick<CallOptions, 'signal' | 'onReview'>> {
  /** Tells whoever waits how far it is. */
  progress(message: string): void;
}

export interface ToolAnswer {
  readonly structured: unknown;
  /** What was left out of it because it is too long, in words. */
  readonly leftOut?: string | undefined;
}

/** A tool as this host offers it, before it is one of a protocol. */
export interface KernelTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** JSON Schema; the name of its member that takes a session, where it has one, is `sessionKey`. */
  readonly input: Record<string, unknown>;
  readonly sessionKey?: string;
  /** JSON Schema of what it gives; absent where that is not known. */
  readonly output?: Record<string, unknown>;
  readonly annotations: ToolAnnotations;
  /** @throws Fault */
  run(input: Record<string, unknown>, call: ToolCall): Promise<ToolAnswer>;
}

/** What the effect of a call of the contract means to a client that asks its user before it calls a tool. */
export function annotationsOf(effect: Effect): ToolAnnotations {
  return { readOnlyHint: effect === 'read', destructiveHint: effect === 'grant', openWorldHint: false };
}

/** The tool in the words of the protocol; `session`, where there is one, need not be named. */
export function definitionOf(tool: KernelTool, session: string | undefined): McpToolDefinition {
  const { name, title, description, output, annotations } = tool;
  return {
    name,
    title,
    description,
    // The protocol wants an object at the top, and every tool here has one.
    inputSchema: withoutOwnFormats(inputSchema(tool, session)) as McpToolDefinition['inputSchema'],
    // What a tool gives may be of any form; the SDK puts it into an object for older clients.
    ...(output === undefined ? {} : { outputSchema: withoutOwnFormats(output) as McpToolDefinition['outputSchema'] }),
    annotations: { title, ...annotations },
  };
}

/** The kernel judges paths by a format that no other validator knows; to a client it is a text. */
function withoutOwnFormats(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutOwnFormats);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([name, value]) => name !== 'format' || value !== PATH_FORMAT);
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutOwnFormats(value)]));
}

function inputSchema({ input, sessionKey }: KernelTool, session: string | undefined): Record<string, unknown> {
  const { required } = input;
  if (session === undefined || !Array.isArray(required)) return input;
  return { ...input, required: required.filter((name) => name !== sessionKey) };
}

export function resultOf({ structured, leftOut }: ToolAnswer): CallToolResult {
  const note = leftOut === undefined ? [] : [{ type: 'text' as const, text: `[${leftOut}]` }];
  return {
    content: [{ type: 'text', text: JSON.stringify(structured) }, ...note],
    structuredContent: structured,
    ...(leftOut === undefined ? {} : { _meta: { 'cavern/leftOut': leftOut } }),
  };
}

/** A failure as the model reads it: what happened, why, what to do; the code is for programs. */
export function failureOf(thrown: unknown): CallToolResult {
  const fault = toFault(thrown);
  const { code, message, why, fix, retryable } = fault.toShape();
  return {
    isError: true,
    content: [{ type: 'text', text: faultText(fault) }],
    _meta: { 'cavern/error': { code, message, why, fix, retryable } },
  };
}

function faultText({ message, why, fix, data }: Fault): string {
  const said = why ?? detailOf(data);
  return [`error: ${message}`, ...(said ? [`  why: ${said}`] : []), ...(fix ? [`  fix: ${fix}`] : [])].join('\n');
}

/** A tool's own failure says the reason in its data. */
function detailOf(data: unknown): string | undefined {
  return typeof data === 'object' && data !== null && 'message' in data && typeof data.message === 'string'
    ? data.message
    : undefined;
}
