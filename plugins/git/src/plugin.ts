import { definePlugin } from '@cavern/plugin-sdk/define-plugin';
import { add } from './tools/add.ts';
import { blame } from './tools/blame.ts';
import { branch } from './tools/branch.ts';
import { commit } from './tools/commit.ts';
import { diff } from './tools/diff.ts';
import { log } from './tools/log.ts';
import { restore } from './tools/restore.ts';
import { show } from './tools/show.ts';
import { stash } from './tools/stash.ts';
import { status } from './tools/status.ts';
import { worktree } from './tools/worktree.ts';

export const plugin = definePlugin({
  id: 'git',
  version: '0.1.0',
  displayName: 'Git',
  description: 'Git on the workspace, with structured results, without hooks, credentials or network',
  publisher: 'Cavern',
  license: 'MIT',
  capabilities: [
    { name: 'workspace.read', paths: ['**'] },
    { name: 'workspace.write', paths: ['**'] },
    { name: 'process.run' },
    { name: 'operator.identity' },
  ],
  tools: { status, diff, log, show, blame, branch, add, commit, restore, stash, worktree },
});
