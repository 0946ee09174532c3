import { tool } from '@cavern/plugin-sdk/tool';
import Type from 'typebox';
import { pathsField, refField, repositoryField, strict } from '../inputs.ts';
import { checkedRef, Repository } from '../repository.ts';

export const restore = tool({
  description:
    'Restore files from what is staged or from a commit, or take them out of what is staged; changes are lost',
  input: Type.Object(
    {
      repository: repositoryField,
      paths: pathsField,
      where: Type.Union([Type.Literal('worktree'), Type.Literal('staged'), Type.Literal('both')], {
        default: 'worktree',
        description: 'What is restored',
      }),
      source: Type.Optional(refField('A commit; what is staged if absent, HEAD for staged')),
    },
    strict,
  ),
  output: Type.Object({ restored: Type.Array(Type.String(), { description: 'As they were named' }) }),
  outputMode: 'value',
  effects: ['write'],
  timeoutMs: 120_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    await repository.run(
      [
        'restore',
        ...(input.where === 'worktree' ? [] : ['--staged']),
        ...(input.where === 'staged' ? [] : ['--worktree']),
        ...(input.source === undefined
          ? input.where === 'both'
            ? ['--source=HEAD']
            : []
          : [`--source=${checkedRef(input.source)}`]),
        '--',
        ...repository.inward(input.paths),
      ],
      { action: 'restore the files' },
    );
    return { restored: input.paths };
  },
});
