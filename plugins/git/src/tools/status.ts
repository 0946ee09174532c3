import { existsSync } from 'node:fs';
import { tool } from '@cavern/plugin-sdk/tool';
import Type, { type Static } from 'typebox';
import { pathsField, repositoryField, strict } from '../inputs.ts';
import { LISTING_LIMIT_BYTES, Repository } from '../repository.ts';
import { BranchState, parseStatus, StatusEntry } from '../status.ts';

const ENTRY_LIMIT = 5_000;

const Operation = Type.Union(
  [
    Type.Literal('merge'),
    Type.Literal('rebase'),
    Type.Literal('cherry-pick'),
    Type.Literal('revert'),
    Type.Literal('bisect'),
  ],
  { description: 'What has begun and waits to be gone on with' },
);

/** What git keeps of each in its folder; a rebase may stop in a pick of its own. */
const OPERATIONS: readonly (readonly [file: string, operation: Static<typeof Operation>])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
];

async function operationIn(repository: Repository): Promise<Static<typeof Operation> | undefined> {
  const { stdout } = await repository.run(['rev-parse', '--absolute-git-dir'], { action: 'show the status' });
  const folder = stdout.toString().replace(/\n$/, '');
  return OPERATIONS.find(([file]) => existsSync(`${folder}/${file}`))?.[1];
}

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
    operation: Type.Optional(Operation),
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
        '--ignore-submodules=dirty',
        `--untracked-files=${input.untracked}`,
        ...(input.ignored ? ['--ignored'] : []),
        '--',
        ...repository.inward(input.paths ?? []),
      ],
      { action: 'show the status', outputLimitBytes: LISTING_LIMIT_BYTES },
    );
    const { branch, entries } = parseStatus(stdout);
    const shown = entries.slice(0, ENTRY_LIMIT).map((entry) => ({
      ...entry,
      path: repository.outward(entry.path),
      ...(entry.from === undefined ? {} : { from: repository.outward(entry.from) }),
    }));
    const operation = await operationIn(repository);
    return {
      branch,
      ...(operation === undefined ? {} : { operation }),
      entries: shown,
      total: entries.length,
      truncated: truncated || shown.length < entries.length,
    };
  },
});
