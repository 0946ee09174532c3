import { tool } from '@cavern/plugin-sdk/tool';
import Type from 'typebox';
import { pathsField, repositoryField, strict } from '../inputs.ts';
import { Repository } from '../repository.ts';
import { BranchState, parseStatus, StatusEntry } from '../status.ts';

const ENTRY_LIMIT = 5_000;

export const status = tool({
  description: 'Show the branch and what is changed, staged, unmerged or untracked',
  input: Type.Object(
    {
      repository: repositoryField,
      paths: Type.Optional(pathsField),
      untracked: Type.Union([Type.Literal('all'), Type.Literal('normal'), Type.Literal('no')], {
        default: 'all',
        description: 'normal: a new folder as one entry',
      }),
      ignored: Type.Boolean({ default: false }),
    },
    strict,
  ),
  output: Type.Object({
    branch: BranchState,
    entries: Type.Array(StatusEntry),
    total: Type.Integer(),
    truncated: Type.Boolean(),
  }),
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 60_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    const { stdout, truncated } = await repository.run(
      [
        'status',
        '--porcelain=v2',
        '--branch',
        '-z',
        `--untracked-files=${input.untracked}`,
        ...(input.ignored ? ['--ignored'] : []),
        '--',
        ...repository.inward(input.paths ?? []),
      ],
      { action: 'show the status', outputLimitBytes: 64 * 1024 * 1024 },
    );
    const { branch, entries } = parseStatus(stdout);
    const shown = entries.slice(0, ENTRY_LIMIT).map((entry) => ({
      ...entry,
      path: repository.outward(entry.path),
      ...(entry.from === undefined ? {} : { from: repository.outward(entry.from) }),
    }));
    return { branch, entries: shown, total: entries.length, truncated: truncated || shown.length < entries.length };
  },
});
