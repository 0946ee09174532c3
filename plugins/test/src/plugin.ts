import { definePlugin } from '@cavern/plugin-sdk/define-plugin';
import { detectTool } from './tools/detect.ts';
import { run } from './tools/run.ts';

export const plugin = definePlugin({
  id: 'test',
  version: '0.1.0',
  displayName: 'Tests',
  description: 'Find and run the tests of the workspace: vitest, jest, mocha, node, pytest, go, cargo',
  publisher: 'Cavern',
  license: 'MIT',
  capabilities: [
    { name: 'workspace.read', paths: ['**'] },
    { name: 'workspace.write', paths: ['**'] },
    { name: 'process.run' },
  ],
  tools: { detect: detectTool, run },
});
