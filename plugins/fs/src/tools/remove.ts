import { rmdir, unlink } from 'node:fs/promises';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { tool } from '@cavern/plugin-sdk/tool';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type from 'typebox';
import { changing, targetOf } from './changing.ts';
import { NodeKind } from './node-kind.ts';
import { TreeWork } from './tree-work.ts';

export const remove = tool({
  description: 'Remove a file, a symlink (never what it leads to) or a folder',
  input: Type.Object(
    {
      path: WorkspacePath,
      recursive: Type.Boolean({ default: false, description: 'Also a folder that is not empty' }),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ path: Type.String(), type: NodeKind }),
  outputMode: 'value',
  effects: ['write'],
  timeoutMs: 600_000,
  async run(input, context) {
    const { path, node, absolute } = targetOf(context, input.path, 'keep');
    if (node === undefined) throw new ToolError('not_found', `Cannot remove "${input.path}": it does not exist`);
    await changing(`remove "${input.path}"`, async () => {
      if (node.type !== 'directory') await unlink(absolute);
      else if (input.recursive) await new TreeWork(context, 'remove').remove(absolute);
      else await rmdir(absolute);
    });
    return { path, type: node.type };
  },
});
