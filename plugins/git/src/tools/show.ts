import { isUtf8 } from 'node:buffer';
import { tool } from '@cavern/plugin-sdk/tool';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type from 'typebox';
import { Commit, COMMIT_FORMAT, parseCommits } from '../commit.ts';
import { pathsField, refField, repositoryField, strict } from '../inputs.ts';
import { checkedRef, Repository } from '../repository.ts';
import { Difference, difference } from './diff.ts';

const FILE_LIMIT_BYTES = 1024 * 1024;

const FileAtCommit = Type.Object({
  path: Type.String(),
  encoding: Type.Union([Type.Literal('utf8'), Type.Literal('base64')]),
  content: Type.String(),
  truncated: Type.Boolean(),
});

async function fileAt(repository: Repository, commit: string, path: string) {
  const name = repository.withinTree(path);
  const action = `show "${path}" at ${commit}`;
  const { stdout, truncated, exitCode } = await repository.run(['cat-file', 'blob', `${commit}:${name}`], {
    action,
    outputLimitBytes: FILE_LIMIT_BYTES,
    accept: [0, 128],
  });
  if (exitCode === 128) throw new ToolError('not_found', `Cannot ${action}: the commit does not hold such a file`);
  const text = isUtf8(stdout) && !stdout.includes(0);
  return {
    path: repository.outward(name),
    encoding: text ? ('utf8' as const) : ('base64' as const),
    content: stdout.toString(text ? 'utf8' : 'base64'),
    truncated,
  };
}

export const show = tool({
  description: 'Show a commit with what it changed, and on request a file as it was then',
  input: Type.Object(
    {
      repository: repositoryField,
      ref: Type.String({ ...refField('A commit'), default: 'HEAD' }),
      paths: Type.Optional(pathsField),
      file: Type.Optional(WorkspacePath),
      context: Type.Integer({ minimum: 0, maximum: 1000, default: 3, description: 'Lines around a change' }),
    },
    strict,
  ),
  output: Type.Object({ commit: Commit, difference: Difference, file: Type.Optional(FileAtCommit) }),
  outputMode: 'patch',
  effects: ['read'],
  timeoutMs: 60_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    const action = `show "${input.ref}"`;
    const { stdout } = await repository.run(
      ['log', '-z', '--max-count=1', COMMIT_FORMAT, '--no-show-signature', checkedRef(input.ref), '--'],
      { action },
    );
    const [commit] = parseCommits(stdout);
    if (commit === undefined) throw new ToolError('not_found', `Cannot ${action}: there is no such commit`);
    const changes = await difference(repository, {
      // The first parent is what a merge is compared with; the first commit with the empty tree.
      command: [
        'diff-tree',
        '-r',
        '--root',
        '--no-commit-id',
        ...(commit.parents[0] ? [commit.parents[0]] : []),
        commit.id,
      ],
      paths: input.paths ?? [],
      context: input.context,
      action,
    });
    const file = input.file === undefined ? {} : { file: await fileAt(repository, commit.id, input.file) };
    return { commit, difference: changes, ...file };
  },
});
