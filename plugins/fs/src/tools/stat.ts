import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { tool } from '@cavern/plugin-sdk/tool';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type from 'typebox';
import { NodeKind } from './node-kind.ts';

export const stat = tool({
  description: 'Show what a path is: type, size, mode and time of change',
  input: Type.Object(
    {
      path: WorkspacePath,
      links: Type.Union([Type.Literal('follow'), Type.Literal('keep')], {
        default: 'follow',
        description: 'keep: describe the symlink itself',
      }),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    path: Type.String({ description: 'Where the path led' }),
    type: NodeKind,
    sizeBytes: Type.Integer(),
    mode: Type.String({ description: 'Octal permission bits, such as 0644' }),
    modifiedAtMs: Type.Integer(),
    target: Type.Optional(Type.String({ description: 'Of a symlink' })),
  }),
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 30_000,
  async run(input, { files }) {
    const { path, node } = files.resolve(input.path, input.links);
    if (node === undefined) throw new ToolError('not_found', `Cannot describe "${input.path}": it does not exist`);
    return {
      path,
      type: node.type,
      sizeBytes: node.sizeBytes,
      mode: node.mode.toString(8).padStart(4, '0'),
      modifiedAtMs: node.modifiedAtMs,
      ...(node.type === 'symlink' ? { target: files.view.readLink(path) } : {}),
    };
  },
});
