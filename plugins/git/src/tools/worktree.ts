import { realpathSync } from 'node:fs';
import { tool } from '@cavern/plugin-sdk/tool';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type, { type Static } from 'typebox';
import { refField, repositoryField, strict } from '../inputs.ts';
import { splitAtNul } from '../records.ts';
import { checkedRef, Repository } from '../repository.ts';

const Worktree = Type.Object({
  path: Type.String({ description: 'Relative to the workspace; empty for the workspace itself' }),
  commit: Type.Union([Type.String(), Type.Null()]),
  branch: Type.Union([Type.String(), Type.Null()], { description: 'Null when detached' }),
});

const Input = Type.Object(
  {
    repository: repositoryField,
    action: Type.Union([Type.Literal('list'), Type.Literal('add'), Type.Literal('remove'), Type.Literal('prune')], {
      default: 'list',
    }),
    path: Type.Optional(WorkspacePath),
    ref: Type.Optional(refField('add: what is checked out; HEAD, detached, if neither it nor branch is given')),
    branch: Type.Optional(refField('add: a new branch that starts at ref')),
    force: Type.Boolean({ default: false, description: 'remove: also with changes in it' }),
  },
  strict,
);

function commandOf(input: Static<typeof Input>, repository: Repository): string[] | undefined {
  if (input.action === 'list') return undefined;
  if (input.action === 'prune') return ['worktree', 'prune'];
  if (input.path === undefined) {
    throw new ToolError('invalid_input', `Cannot ${input.action} a working tree: "path" is missing`);
  }
  const [path = ''] = repository.inward([input.path]);
  if (input.action === 'remove') return ['worktree', 'remove', ...(input.force ? ['--force'] : []), '--', path];
  const branch = input.branch === undefined ? [] : ['-b', checkedRef(input.branch)];
  const detach = input.branch === undefined && input.ref === undefined ? ['--detach'] : [];
  return [
    'worktree',
    'add',
    '--quiet',
    ...branch,
    ...detach,
    '--',
    path,
    ...(input.ref === undefined ? [] : [checkedRef(input.ref)]),
  ];
}

/** Records end with an empty field (git-worktree(1), "Porcelain Format"). */
function parseWorktrees(output: Buffer, workspace: string): Static<typeof Worktree>[] {
  const trees: Static<typeof Worktree>[] = [];
  for (const field of splitAtNul(output)) {
    const space = field.indexOf(' ');
    const value = field.slice(space + 1);
    const last = trees.at(-1);
    if (field.startsWith('worktree ')) {
      const inside = value === workspace || value.startsWith(`${workspace}/`);
      trees.push({ path: inside ? value.slice(workspace.length + 1) : value, commit: null, branch: null });
    } else if (last && field.startsWith('HEAD ')) last.commit = value;
    else if (last && field.startsWith('branch ')) last.branch = value.replace(/^refs\/heads\//, '');
  }
  return trees;
}

export const worktree = tool({
  description: 'List, add, remove or prune further working trees of the repository',
  input: Input,
  output: Type.Object({ worktrees: Type.Array(Worktree) }),
  outputMode: 'value',
  effects: ['read', 'write'],
  timeoutMs: 120_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    const command = commandOf(input, repository);
    if (command) await repository.run(command, { action: `${input.action} the working tree "${input.path ?? ''}"` });
    const { stdout } = await repository.run(['worktree', 'list', '--porcelain', '-z'], {
      action: 'list working trees',
    });
    return { worktrees: parseWorktrees(stdout, realpathSync(context.workspace)) };
  },
});
