import { type ToolContext, tool } from '@cavern/plugin-sdk/tool';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import Type, { type Static } from 'typebox';
import { Commit, COMMIT_FORMAT, parseCommits } from '../commit.ts';
import type { GitIdentity } from '../git-environment.ts';
import { repositoryField, strict } from '../inputs.ts';
import { Repository } from '../repository.ts';
import { stage } from '../stage.ts';

const Identity = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 200 }), email: Type.String({ minLength: 1, maxLength: 200 }) },
  strict,
);

const Input = Type.Object(
  {
    repository: repositoryField,
    message: Type.String({ minLength: 1, maxLength: 65_536 }),
    all: Type.Boolean({ default: false, description: 'Stage every change of tracked files first' }),
    amend: Type.Boolean({ default: false, description: 'Replace the last commit' }),
    allowEmpty: Type.Boolean({ default: false }),
    author: Type.Optional(Identity),
  },
  strict,
);

/** The operator, else what the repository itself says; git asks nobody. Throws `author_unknown`. */
async function authorOf(
  context: ToolContext,
  repository: Repository,
  input: Static<typeof Input>,
): Promise<GitIdentity> {
  const given = input.author ?? context.operator;
  if (given) return given;
  const read = async (key: string): Promise<string> => {
    const { stdout } = await repository.run(['config', '--get', key], { action: `read ${key}`, accept: [0, 1] });
    return stdout.toString().trim();
  };
  const [name, email] = [await read('user.name'), await read('user.email')];
  if (name === '' || email === '') {
    throw new ToolError('author_unknown', 'Cannot commit: nobody said who the author is');
  }
  return { name, email };
}

export const commit = tool({
  description: 'Commit what is staged, with the operator as author; no hooks, no signature',
  input: Input,
  output: Type.Object({ commit: Commit, branch: Type.Union([Type.String(), Type.Null()]) }),
  outputMode: 'value',
  effects: ['write'],
  timeoutMs: 120_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    const identity = await authorOf(context, repository, input);
    const action = 'commit';
    if (input.all) await stage(repository, { paths: [repository.top()], untracked: 'not', ignored: 'not' });
    const done = await repository.run(
      [
        'commit',
        '--quiet',
        '--no-verify',
        '--no-gpg-sign',
        '--cleanup=whitespace',
        '--file=-',
        ...(input.amend ? ['--amend'] : []),
        ...(input.allowEmpty ? ['--allow-empty'] : []),
      ],
      { action, identity, stdin: input.message, accept: [0, 1] },
    );
    if (done.exitCode === 1) {
      const said = `${done.stdout.toString()}${done.stderr.toString()}`.trim();
      const empty = /nothing (added )?to commit|no changes added to commit/.test(said);
      throw new ToolError(
        empty ? 'nothing_to_commit' : 'git_failed',
        `Cannot commit: ${empty ? 'nothing is staged' : said.split('\n')[0]}`,
      );
    }
    const { stdout } = await repository.run(['log', '-z', '--max-count=1', COMMIT_FORMAT], { action });
    const [made] = parseCommits(stdout);
    if (made === undefined) throw new ToolError('git_failed', 'Cannot commit: git shows no commit');
    const head = await repository.run(['symbolic-ref', '--quiet', '--short', 'HEAD'], { action, accept: [0, 1] });
    return { commit: made, branch: head.stdout.toString().trim() || null };
  },
});
