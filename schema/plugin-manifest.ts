import Type, { type Static } from 'typebox';
import { ProfileName, ToolName } from './entities.ts';

const strict = { additionalProperties: false } as const;
const text = (about: string, maxLength = 200) => Type.String({ minLength: 1, maxLength, description: about });

export const PluginId = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'The first part of its tools’ names',
});
/** Of a file or a folder's content: SHA-256 in lower-case hexadecimal. */
export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256' });
/** Relative to the plugin's folder; where it leads is checked against the folder itself. */
const packagePath = Type.String({
  pattern: '^(?!/)(?!(.*/)?\\.{1,2}(/|$))[^\\\\\\u0000]+$',
  maxLength: 1024,
  description: 'A file of the plugin, POSIX separators',
});

export const PluginCapability = Type.Object(
  {
    name: Type.Union(
      [
        Type.Literal('workspace.read'),
        Type.Literal('workspace.write'),
        Type.Literal('process.run'),
        Type.Literal('network.connect'),
        Type.Literal('operator.identity'),
      ],
      { description: 'What the plugin may ask for; the policy decides each call' },
    ),
    paths: Type.Optional(Type.Array(text('A glob on workspace-relative paths', 1024), { maxItems: 100 })),
    hosts: Type.Optional(Type.Array(text('A host group of the policy'), { maxItems: 100 })),
  },
  strict,
);
export type PluginCapability = Static<typeof PluginCapability>;

export const ManifestTool = Type.Object(
  {
    name: ToolName,
    description: text('What it does, in one sentence', 500),
    input: Type.Record(Type.String(), Type.Unknown(), { description: 'JSON Schema 2020-12 of what it takes' }),
    output: Type.Record(Type.String(), Type.Unknown(), { description: 'JSON Schema 2020-12 of what it gives' }),
    outputMode: Type.Union([Type.Literal('patch'), Type.Literal('full'), Type.Literal('value')]),
    effects: Type.Array(Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('network')]), {
      minItems: 1,
      uniqueItems: true,
    }),
    timeoutMs: Type.Integer({ minimum: 1, maximum: 86_400_000, description: 'The longest that a call may take' }),
    mcpName: Type.Optional(text('What the MCP server calls it; the last part of its name if absent', 128)),
  },
  strict,
);
export type ManifestTool = Static<typeof ManifestTool>;

export const PluginSignature = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('ed25519'),
      publisher: text('The name of the publisher’s key'),
      signature: Type.String({ pattern: '^[A-Za-z0-9+/]{86}==$', description: '64 bytes, Base64' }),
    },
    strict,
  ),
  Type.Object({ kind: Type.Literal('sigstore'), bundle: Type.Record(Type.String(), Type.Unknown()) }, strict),
]);

export const PluginManifest = Type.Object(
  {
    $schema: Type.Optional(Type.String({ maxLength: 1024 })),
    id: PluginId,
    version: Type.String({
      // semver.org, "Is there a suggested regular expression", without its named groups, and with numbers that can be compared.
      pattern:
        '^(0|[1-9]\\d{0,14})\\.(0|[1-9]\\d{0,14})\\.(0|[1-9]\\d{0,14})(-((0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(\\.(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(\\+([0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*))?$',
      maxLength: 128,
      description: 'Semantic version 2.0.0',
    }),
    apiVersion: Type.Integer({
      minimum: 1,
      description: 'Of the protocol between Cavern and plugin: 2, or 1, the one before',
    }),
    displayName: text('What people call it', 80),
    description: text('What it is for', 500),
    publisher: text('Who made it'),
    license: text('SPDX expression'),
    entry: packagePath,
    runtime: Type.Union([Type.Literal('node'), Type.Literal('wasm'), Type.Literal('mcp')], {
      description:
        'What runs the entry: Node in a sandbox, a WebAssembly module without one, an MCP server on stdio in a sandbox',
    }),
    program: Type.Optional(
      Type.Union([Type.Literal('node'), Type.Literal('python3'), Type.Literal('binary')], {
        description:
          'What runs the entry of an MCP server: Node, Python, or it is a program for Linux that runs itself; Python for .py and Node for everything else if absent',
      }),
    ),
    memoryMiB: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1024, description: 'The most memory of a WebAssembly module; 64 if absent' }),
    ),
    args: Type.Optional(
      Type.Array(Type.String({ maxLength: 1024 }), {
        maxItems: 64,
        description: 'What an MCP server is started with',
      }),
    ),
    env: Type.Optional(
      Type.Unsafe<Record<string, string>>({
        type: 'object',
        propertyNames: { type: 'string', pattern: '^[A-Z_][A-Z0-9_]{0,127}$' },
        additionalProperties: { type: 'string', maxLength: 4096 },
        maxProperties: 64,
        description: 'Variables of an MCP server; as in args, ${settings.NAME} stands for what the operator set',
      }),
    ),
    profile: ProfileName,
    capabilities: Type.Array(PluginCapability, { maxItems: 100 }),
    tags: Type.Array(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }), { maxItems: 20, uniqueItems: true }),
    tools: Type.Array(ManifestTool, { minItems: 1, maxItems: 500 }),
    settings: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'JSON Schema 2020-12 of what the operator may set; an object',
      }),
    ),
    files: Type.Optional(
      Type.Unsafe<Record<string, string>>({
        type: 'object',
        propertyNames: packagePath,
        additionalProperties: Sha256,
        description: 'The digest of every file but plugin.json; written when the plugin is packed',
      }),
    ),
    signature: Type.Optional(PluginSignature),
    sbom: Type.Optional(packagePath),
  },
  { ...strict, $id: 'plugin-manifest', title: 'Cavern plugin manifest, version 1' },
);
export type PluginManifest = Static<typeof PluginManifest>;
