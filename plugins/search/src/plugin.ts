import { definePlugin } from '@cavern/plugin-sdk/define-plugin';
import { globTool } from './tools/glob.ts';
import { grepTool } from './tools/grep.ts';

export const plugin = definePlugin({
  id: 'search',
  version: '0.1.0',
  displayName: 'Search',
  description: 'Search the workspace with ripgrep: the content of files, and their names',
  publisher: 'Cavern',
  license: 'MIT',
  capabilities: [{ name: 'workspace.read', paths: ['**'] }, { name: 'process.run' }],
  tools: { grep: grepTool, glob: globTool },
});
