import { tool } from '@cavern/plugin-sdk/tool';
import Type, { type Static } from 'typebox';
import { repositoryField, strict } from '../inputs.ts';
import { splitAtNul } from '../records.ts';
import { Repository } from '../repository.ts';

const Input = Type.Object(
  {
    repository: repositoryField,
    action: Type.Union(
      [Type.Literal('list'), Type.Literal('push'), Type.Literal('apply'), Type.Literal('pop'), Type.Literal('drop')],
      { default: 'list' },
    ),
    message: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    untracked: Type.Boolean({ default: false, description: 'push: also files that are not tracked' }),
    index: Type.Integer({ minimum: 0, default: 0, description: 'Which one; 0 is the newest' }),
  },
  strict,
);

/** A stash is a commit and needs an author; its own is never shown to anybody. */
const STASHER = { name: 'Cavern', email: 'stash@localhost' };

function commandOf(input: Static<typeof Input>): string[] | undefined {
  if (input.action === 'list') return undefined;
  if (input.action !== 'push') return ['stash', input.action, '--quiet', `stash@{${input.index}}`];
  return [
    'stash',
    'push',
    '--quiet',
    ...(input.untracked ? ['--include-untracked'] : []),
    ...(input.message === undefined ? [] : [`--message=${input.message}`]),
  ];
}

export const stash = tool({
  description: 'Put changes aside, list what was put aside, bring it back or drop it',
  input: Input,
  output: Type.Object({
    stashes: Type.Array(
      Type.Object({ index: Type.Integer(), commit: Type.String(), message: Type.String(), atMs: Type.Integer() }),
    ),
  }),
  outputMode: 'value',
  effects: ['read', 'write'],
  timeoutMs: 120_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    const command = commandOf(input);
    if (command) {
      const identity = context.operator ?? STASHER;
      if (input.action === 'push') await repository.refuseFiltered([repository.top()], 'not');
      await repository.run(command, {
        action: `${input.action} the stash`,
        identity,
        pathspecs: "git's own",
        filters: input.action === 'push' ? 'refused' : 'passed over',
      });
    }
    const { stdout } = await repository.run(['stash', 'list', '-z', '--format=%H%x1f%ct%x1f%gs'], {
      action: 'list stashes',
    });
    const stashes = splitAtNul(stdout).map((record, index) => {
      const [commit = '', at = '0', ...message] = record.split('\x1f');
      return { index, commit, message: message.join('\x1f'), atMs: Number(at) * 1000 };
    });
    return { stashes };
  },
});
