import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { tool } from '@cavern/plugin-sdk/tool';
import { resolveInView } from '@cavern/plugin-sdk/view-path';
import { workspacePath } from '@cavern/plugin-sdk/workspace-path';
import type { ViewEntry, WorkspaceView } from '@cavern/plugin-sdk/workspace-view';
import Type, { type Static } from 'typebox';
import { NodeKind } from './node-kind.ts';

const LIST_LIMIT = 10_000;

export const ListInput = Type.Object(
  {
    path: workspacePath({ default: '.', description: 'A folder' }),
    limit: Type.Integer({ minimum: 1, maximum: LIST_LIMIT, default: 1000, description: 'Entries at most' }),
  },
  { additionalProperties: false },
);

export const ListOutput = Type.Object({
  path: Type.String({ description: 'Where the path led; empty for the workspace itself' }),
  entries: Type.Array(
    Type.Object({
      name: Type.String(),
      nameBase64: Type.Optional(Type.String({ description: 'The bytes of a name that is not UTF-8' })),
      type: NodeKind,
      sizeBytes: Type.Optional(Type.Integer({ description: 'Of a file' })),
      modifiedAtMs: Type.Optional(Type.Integer({ description: 'Of a file' })),
      target: Type.Optional(Type.String({ description: 'Of a symlink' })),
    }),
  ),
  total: Type.Integer({ description: 'Entries in the folder' }),
  truncated: Type.Boolean(),
});

type Entry = Static<typeof ListOutput>['entries'][number];

// Sizes and times of folders are an affair of the file system: an overlay gives others than the folder below it.
function entryOf({ name, nameBase64, node, target }: ViewEntry): Entry {
  const file = node?.type === 'file' ? { sizeBytes: node.sizeBytes, modifiedAtMs: node.modifiedAtMs } : {};
  return {
    name,
    ...(nameBase64 === undefined ? {} : { nameBase64 }),
    type: node?.type ?? 'other',
    ...file,
    ...(target === undefined ? {} : { target }),
  };
}

/** In the order of names. Throws `not_found`, `not_a_directory` and what resolving a path throws. */
export async function listFolder(
  view: WorkspaceView,
  input: Static<typeof ListInput>,
): Promise<Static<typeof ListOutput>> {
  const { path, node } = resolveInView(view, input.path);
  if (node === undefined) throw new ToolError('not_found', `Cannot list "${input.path}": it does not exist`);
  if (node.type !== 'directory') throw new ToolError('not_a_directory', `Cannot list "${input.path}": it is no folder`);
  const { entries, total } = await view.list(path, input.limit);
  return { path, entries: entries.map(entryOf), total, truncated: total > entries.length };
}

export const list = tool({
  description: 'List a folder in the order of names',
  input: ListInput,
  output: ListOutput,
  outputMode: 'full',
  effects: ['read'],
  timeoutMs: 30_000,
  run: (input, { files }) => listFolder(files.view, input),
});
