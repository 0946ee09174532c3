import { expect, it } from 'vitest';
import { checkManifest } from '../../kernel/plugins/manifest-check.ts';
import { manifestDraft } from './manifest-draft.ts';
import type { McpServer } from './mcp-server.ts';

const server: Pick<McpServer, 'identity' | 'tools'> = {
  identity: { name: 'notes', version: '1.2.3' },
  tools: [
    {
      name: 'readNote',
      description: 'Read a note\n',
      annotations: { readOnlyHint: true },
      inputSchema: {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        required: ['path'],
        properties: {
          path: { type: 'string', format: 'uri' },
          paths: { type: 'array', items: { type: 'string' } },
          format: { type: 'string', enum: ['a', 'b'] },
          edits: { type: 'array', items: { type: 'object', properties: { file: { type: 'string' } } } },
        },
      },
    },
    { name: 'write_note', annotations: { openWorldHint: true }, inputSchema: { type: 'object' } },
  ],
};

const { manifest: draft, notes } = manifestDraft(server, { id: 'notes', entry: 'dist/index.js', args: ['--stdio'] });

it('a manifest that was drafted for an MCP server is one that the kernel takes', async () => {
  expect((await checkManifest(draft)).problems).toEqual([]);
  expect(notes).toEqual([]);
});

it('the draft says what each tool does, at worst, and which of its inputs are paths', () => {
  const path = { type: 'string', format: 'workspace-path' };
  const [read, write] = draft.tools;
  expect(read).toMatchObject({ name: 'notes.readnote', mcpName: 'readNote', effects: ['read'] });
  expect(read?.input).toEqual({
    type: 'object',
    required: ['path'],
    properties: {
      path,
      paths: { type: 'array', items: path },
      format: { type: 'string', enum: ['a', 'b'] },
      edits: { type: 'array', items: { type: 'object', properties: { file: path } } },
    },
  });
  expect(write).toMatchObject({ name: 'notes.write_note', effects: ['read', 'write', 'network'] });
  expect(write).not.toHaveProperty('mcpName');
});

it('what belongs to MCP servers is refused in other manifests', async () => {
  const { problems } = await checkManifest({ ...draft, runtime: 'node' });
  expect(problems.map(({ code, path }) => [code, path])).toEqual([
    ['invalid_manifest', '/args'],
    ['invalid_manifest', '/tools/0/mcpName'],
  ]);
});

/** What servers of the field list, each of which a manifest would be refused for if it were taken as it is. */
const odd: readonly [what: string, inputSchema: unknown, note?: RegExp][] = [
  ['no schema at all', undefined],
  [
    'keywords of other programs',
    { type: 'object', properties: { a: { type: 'string', 'x-order': 1, format: 'email' } } },
  ],
  [
    'a tuple of an older draft',
    { properties: { at: { type: 'array', items: [{ type: 'number' }], additionalItems: false } } },
  ],
  ['a default in a branch', { anyOf: [{ type: 'object', properties: { a: { type: 'string', default: 'x' } } }] }],
  [
    'an older way to name definitions',
    { properties: { a: { $ref: '#/definitions/a' } }, definitions: { a: { type: 'string' } } },
  ],
  ['itself', { properties: { a: { $ref: '#' }, path: { type: 'string' } } }, /refers to itself/],
  [
    'two that refer to each other',
    {
      $defs: { a: { items: { $ref: '#/$defs/b' } }, b: { not: { $ref: '#/$defs/a' } } },
      properties: { a: { $ref: '#/$defs/a' } },
    },
    /refers to itself/,
  ],
  ['another document', { properties: { a: { $ref: 'https://example.org/a.json' } } }, /any object is taken/],
  ['a pattern of another language', { properties: { a: { type: 'string', pattern: '(?i)a' } } }, /any object is taken/],
  ['no schema but a list', [1]],
];

it.each(odd)('a tool whose schema has %s is drafted so that the kernel takes it', async (_what, inputSchema, note) => {
  const tool = { name: 'one', inputSchema, outputSchema: inputSchema };
  const { manifest, notes: said } = manifestDraft({ ...server, tools: [tool] }, { id: 'odd', entry: 'a.js', args: [] });
  expect((await checkManifest(manifest)).problems).toEqual([]);
  expect(said).toHaveLength(note === undefined ? 0 : 2);
  for (const one of said) expect(one).toMatch(note ?? '');
});

it('names of every kind become names that the policy can speak about, each once', async () => {
  const names = ['files.read', 'Files/Read', 'files-read', '日本', '2fa', 'x'.repeat(128), 'y'.repeat(129)];
  const given = { identity: { name: 'A…\u200b', version: 'v1' }, tools: names.map((name) => ({ name })) };
  const { manifest, notes: said } = manifestDraft(given, { id: 'odd', entry: 'a.js', args: [] });
  expect((await checkManifest(manifest)).problems).toEqual([]);
  expect(manifest.tools.map(({ name, mcpName }) => [name, mcpName])).toEqual([
    ['odd.files-read', 'files.read'],
    ['odd.files-read-2', 'Files/Read'],
    ['odd.files-read-3', 'files-read'],
    ['odd.t---', '日本'],
    ['odd.t-2fa', '2fa'],
    [`odd.${'x'.repeat(120)}`, 'x'.repeat(128)],
  ]);
  expect(said).toEqual(['1 tools are left out: their names have more than 128 characters.']);
  expect(manifest.displayName).toBe('A...');
});

it('of hundreds of tools as many are drafted as a manifest holds', async () => {
  const tools = Array.from({ length: 510 }, (_, index) => ({ name: `tool${index}` }));
  const { manifest, notes: said } = manifestDraft({ ...server, tools }, { id: 'many', entry: 'a.js', args: [] });
  expect((await checkManifest(manifest)).problems).toEqual([]);
  expect([manifest.tools.length, said]).toEqual([500, ['10 tools are left out: a plugin has 500 at most.']]);
});
