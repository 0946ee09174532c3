import { tool } from '@cavern/plugin-sdk/tool';
import Type from 'typebox';
import { pathsField, repositoryField, strict } from '../inputs.ts';
import { splitAtNul } from '../records.ts';
import { LISTING_LIMIT_BYTES, Repository } from '../repository.ts';
import { stage } from '../stage.ts';

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
    await stage(repository, { paths: input.paths, untracked: 'too', ignored: input.ignored ? 'too' : 'not' });
    const { stdout } = await repository.run(['diff', '--cached', '--name-only', '--no-renames', '-z'], {
      action: 'list what is staged',
      outputLimitBytes: LISTING_LIMIT_BYTES,
    });
    const staged = splitAtNul(stdout);
    return { staged: staged.slice(0, PATH_LIMIT).map((path) => repository.outward(path)), total: staged.length };
  },
});
