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

const draft = manifestDraft(server, { id: 'notes', entry: 'dist/index.js', args: ['--stdio'] });

it('a manifest that was drafted for an MCP server is one that the kernel takes', async () => {
  expect((await checkManifest(draft)).problems).toEqual([]);
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
