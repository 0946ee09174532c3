import { PLUGIN_API } from '../../../schema/plugin-api.ts';
import type { ServerProgram } from '../../../schema/mcp/server-program.ts';
import type { ManifestTool, PluginManifest } from '../../../schema/plugin-manifest.ts';
import { draftedSchema, movedTo } from './drafted-schema.ts';
import type { McpTool } from './mcp-message.ts';
import type { McpServer } from './mcp-server.ts';

/** What a call of an MCP server's tool is answered with. */
const OUTPUT = {
  type: 'object',
  required: ['content'],
  properties: { content: { type: 'array', items: { type: 'object' } } },
};
const TIMEOUT_MS = 60_000;
const DESCRIPTION_LIMIT = 500;
/** Of a tool's whole name, as of the server's own. */
const NAME_LIMIT = 128;
/** As many as a manifest can hold. */
const TOOL_LIMIT = 500;
/** What the manifest is not taken with: a reader does not see it. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

export interface DraftOptions {
  readonly id: string;
  /** Relative to the package. */
  readonly entry: string;
  /** What was said to run it. */
  readonly program?: ServerProgram | undefined;
  readonly args: readonly string[];
}

export interface ManifestDraft {
  readonly manifest: PluginManifest;
  /** What of the server is not in it as the server has it, a sentence each. */
  readonly notes: readonly string[];
}

/** A manifest for an MCP server, to be read and put right by whoever packs it: what a server says of its tools is only its word. */
export function manifestDraft(server: Pick<McpServer, 'identity' | 'tools'>, options: DraftOptions): ManifestDraft {
  const { name, version } = server.identity;
  const called = plainText(name) || options.id;
  const notes: string[] = [];
  const tools = draftTools(server.tools, options.id, notes);
  const effects = new Set(tools.flatMap((tool) => tool.effects));
  const manifest: PluginManifest = {
    id: options.id,
    version: /^\d+\.\d+\.\d+$/.test(version) ? version : '0.0.0',
    apiVersion: PLUGIN_API.to,
    displayName: called.slice(0, 80),
    description: `The MCP server ${called}`.slice(0, DESCRIPTION_LIMIT),
    publisher: 'unknown',
    license: 'UNKNOWN',
    entry: options.entry,
    runtime: 'mcp',
    ...(options.program === undefined ? {} : { program: options.program }),
    args: [...options.args],
    profile: 'workspace',
    capabilities: [
      { name: 'workspace.read', paths: ['**'] },
      ...(effects.has('write') ? [{ name: 'workspace.write' as const, paths: ['**'] }] : []),
    ],
    tags: ['mcp'],
    tools,
  };
  return { manifest, notes };
}

function draftTools(offered: readonly McpTool[], id: string, notes: string[]): ManifestTool[] {
  const usable = offered.filter(({ name }) => name.length <= NAME_LIMIT);
  const tooLong = offered.length - usable.length;
  if (tooLong > 0) notes.push(`${tooLong} tools are left out: their names have more than ${NAME_LIMIT} characters.`);
  const tooMany = usable.length - TOOL_LIMIT;
  if (tooMany > 0) notes.push(`${tooMany} tools are left out: a plugin has ${TOOL_LIMIT} at most.`);
  const taken = new Set<string>();
  return usable.slice(0, TOOL_LIMIT).map((tool) => {
    const last = freeName(lastPart(tool.name, NAME_LIMIT - id.length - 5), taken);
    taken.add(last);
    return draftTool(tool, `${id}.${last}`, notes);
  });
}

function draftTool({ name, ...tool }: McpTool, fullName: string, notes: string[]): ManifestTool {
  const { description = name, inputSchema, outputSchema, annotations = {} } = tool;
  const effects: ManifestTool['effects'] = annotations.readOnlyHint === true ? ['read'] : ['read', 'write'];
  if (annotations.openWorldHint === true) effects.push('network');
  const input = draftedSchema(inputSchema);
  const structured = outputSchema === undefined ? { schema: { type: 'object' } } : draftedSchema(outputSchema);
  const structuredContent = movedTo('#/properties/structuredContent', structured.schema);
  for (const [what, { note }] of Object.entries({ input, output: structured })) {
    if (note !== undefined) notes.push(`${fullName}, ${what}: ${note}.`);
  }
  return {
    name: fullName,
    description: description.trim().slice(0, DESCRIPTION_LIMIT) || name,
    input: input.schema,
    output: { ...OUTPUT, properties: { ...OUTPUT.properties, structuredContent } },
    outputMode: 'value',
    effects,
    timeoutMs: TIMEOUT_MS,
    ...(fullName.endsWith(`.${name}`) ? {} : { mcpName: name }),
  };
}

/** As the last part of a tool's name may be. */
function lastPart(name: string, limit: number): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '-');
  return (/^[a-z]/.test(plain) ? plain : `t-${plain}`).slice(0, limit);
}

/** `read`, and `read-2` where another tool has that. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2, free = name; ; number += 1) {
    if (!taken.has(free)) return free;
    free = `${name}-${number}`;
  }
}

function plainText(text: string): string {
  return text.normalize('NFKC').replaceAll(INVISIBLE, '').trim();
}
