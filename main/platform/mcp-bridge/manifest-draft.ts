import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { PLUGIN_API } from '../../../schema/plugin-api.ts';
import type { ManifestTool, PluginManifest } from '../../../schema/plugin-manifest.ts';
import type { McpServer } from './mcp-server.ts';

/** What every MCP server answers with. */
const OUTPUT = {
  type: 'object',
  required: ['content'],
  properties: {
    content: { type: 'array', items: { type: 'object' } },
    structuredContent: { type: 'object' },
  },
};
const TIMEOUT_MS = 60_000;
const DESCRIPTION_LIMIT = 500;
/** Names that servers give to paths: the policy judges what is marked so. Rather one too many. */
const PATH_NAMES = new Set(['path', 'paths', 'file', 'files', 'source', 'destination', 'directory', 'folder']);
/** Keywords that our validator takes for mistakes, or that lead out of the document. */
const LEFT_OUT = new Set(['$schema', '$id', 'format', 'examples', 'execution']);

export interface DraftOptions {
  readonly id: string;
  /** Relative to the package. */
  readonly entry: string;
  readonly args: readonly string[];
}

/** A manifest for an MCP server, to be read and put right by whoever packs it: what a server says of its tools is only its word. */
export function manifestDraft(server: Pick<McpServer, 'identity' | 'tools'>, options: DraftOptions): PluginManifest {
  const { name, version } = server.identity;
  const tools = server.tools.map((tool) => draftTool(options.id, tool));
  const effects = new Set(tools.flatMap((tool) => tool.effects));
  return {
    id: options.id,
    version: /^\d+\.\d+\.\d+$/.test(version) ? version : '0.0.0',
    apiVersion: PLUGIN_API.to,
    displayName: name.slice(0, 80),
    description: `The MCP server ${name}`.slice(0, DESCRIPTION_LIMIT),
    publisher: 'unknown',
    license: 'UNKNOWN',
    entry: options.entry,
    runtime: 'mcp',
    args: [...options.args],
    profile: 'workspace',
    capabilities: [
      { name: 'workspace.read', paths: ['**'] },
      ...(effects.has('write') ? [{ name: 'workspace.write' as const, paths: ['**'] }] : []),
    ],
    tags: ['mcp'],
    tools,
  };
}

function draftTool(id: string, { name, description, inputSchema, annotations = {} }: Tool): ManifestTool {
  const effects: ManifestTool['effects'] = annotations.readOnlyHint === true ? ['read'] : ['read', 'write'];
  if (annotations.openWorldHint === true) effects.push('network');
  return {
    name: `${id}.${lastPart(name)}`,
    description: (description ?? name).trim().slice(0, DESCRIPTION_LIMIT) || name,
    input: cleaned(inputSchema, ''),
    output: OUTPUT,
    outputMode: 'value',
    effects,
    timeoutMs: TIMEOUT_MS,
    ...(lastPart(name) === name ? {} : { mcpName: name }),
  };
}

/** As the last part of a tool's name may be. */
function lastPart(name: string): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '-');
  return /^[a-z]/.test(plain) ? plain : `t-${plain}`;
}

/** The schema as the kernel can use it: 2020-12, in one document, with its paths marked. */
function cleaned(schema: unknown, property: string): Record<string, unknown> {
  const members = typeof schema === 'object' && schema !== null ? Object.entries(schema) : [];
  const kept = members.filter(([key]) => !LEFT_OUT.has(key)).map(([key, value]) => [key, member(key, value, property)]);
  const clean: Record<string, unknown> = Object.fromEntries(kept);
  return clean['type'] === 'string' && PATH_NAMES.has(property) ? { ...clean, format: 'workspace-path' } : clean;
}

function member(key: string, value: unknown, property: string): unknown {
  if (key === 'properties' || key === '$defs' || key === 'patternProperties') {
    const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(inner.map(([name, schema]) => [name, cleaned(schema, name)]));
  }
  if (key === 'items' || key === 'additionalProperties') return isSchema(value) ? cleaned(value, property) : value;
  if (Array.isArray(value) && ['anyOf', 'oneOf', 'allOf', 'prefixItems'].includes(key)) {
    return value.map((schema) => cleaned(schema, property));
  }
  return value;
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
