import { definePlugin } from '@cavern/plugin-sdk/define-plugin';
import { existsTool } from './tools/exists.ts';
import { list } from './tools/list.ts';
import { mkdir } from './tools/mkdir.ts';
import { patch } from './tools/patch.ts';
import { read } from './tools/read.ts';
import { remove } from './tools/remove.ts';
import { stat } from './tools/stat.ts';
import { copy, move } from './tools/transfer.ts';
import { write } from './tools/write.ts';

export const plugin = definePlugin({
  id: 'fs',
  version: '0.1.0',
  displayName: 'Files',
  description: 'Files of the workspace: read, list, stat, exists, write, patch, move, copy, remove, mkdir',
  publisher: 'Cavern',
  license: 'MIT',
  capabilities: [
    { name: 'workspace.read', paths: ['**'] },
    { name: 'workspace.write', paths: ['**'] },
  ],
  tools: { read, list, stat, exists: existsTool, write, patch, move, copy, remove, mkdir },
});
