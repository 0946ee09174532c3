import { tool } from '@cavern/plugin-sdk/tool';
import Type from 'typebox';
import { pathsField, repositoryField, strict } from '../inputs.ts';
import { splitAtNul } from '../records.ts';
import { Repository } from '../repository.ts';

const PATH_LIMIT = 5_000;

export const add = tool({
  description: 'Stage files, deletions included',
  input: Type.Object(
    {
      repository: repositoryField,
      paths: pathsField,
      ignored: Type.Boolean({ default: false, description: 'Also files that .gitignore leaves out' }),
    },
    strict,
  ),
  output: Type.Object({
    staged: Type.Array(Type.String(), { description: 'All that is staged now' }),
    total: Type.Integer(),
  }),
  outputMode: 'value',
  effects: ['write'],
  timeoutMs: 120_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    const action = 'stage the files';
    await repository.run(
      ['add', '--all', ...(input.ignored ? ['--force'] : []), '--', ...repository.inward(input.paths)],
      { action },
    );
    const { stdout } = await repository.run(['diff', '--cached', '--name-only', '--no-renames', '-z'], {
      action,
      outputLimitBytes: 64 * 1024 * 1024,
    });
    const staged = splitAtNul(stdout);
    return { staged: staged.slice(0, PATH_LIMIT).map((path) => repository.outward(path)), total: staged.length };
  },
});
