import { tool } from '@cavern/plugin-sdk/tool';
import Type from 'typebox';
import { Commit, COMMIT_FORMAT, parseCommits } from '../commit.ts';
import { pathsField, repositoryField, strict } from '../inputs.ts';
import { checkedRef, Repository } from '../repository.ts';

/** Of what git prints; an answer holds 8 MiB at most. */
const OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;

const filter = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 500, description }));

export const log = tool({
  description: 'List commits, the newest first',
  input: Type.Object(
    {
      repository: repositoryField,
      ref: Type.String({
        default: 'HEAD',
        minLength: 1,
        maxLength: 500,
        description: 'A commit, or a range such as main..topic',
      }),
      paths: Type.Optional(pathsField),
      limit: Type.Integer({ minimum: 1, maximum: 1000, default: 50 }),
      skip: Type.Integer({ minimum: 0, default: 0 }),
      since: filter('A date'),
      until: filter('A date'),
      author: filter('A regular expression'),
      message: filter('A regular expression'),
    },
    strict,
  ),
  output: Type.Object({ commits: Type.Array(Commit), more: Type.Boolean({ description: 'There are older ones' }) }),
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 60_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    const action = 'list commits';
    const head = await repository.run(['rev-parse', '--quiet', '--verify', 'HEAD'], { action, accept: [0, 1] });
    if (head.exitCode === 1 && input.ref === 'HEAD') return { commits: [], more: false };
    const option = (name: string, value: string | undefined): string[] =>
      value === undefined ? [] : [`--${name}=${value}`];
    const { stdout, truncated } = await repository.run(
      [
        'log',
        '-z',
        COMMIT_FORMAT,
        '--no-show-signature',
        `--max-count=${input.limit + 1}`,
        `--skip=${input.skip}`,
        ...option('since', input.since),
        ...option('until', input.until),
        ...option('author', input.author),
        ...option('grep', input.message),
        checkedRef(input.ref),
        '--',
        ...repository.inward(input.paths ?? []),
      ],
      { action, outputLimitBytes: OUTPUT_LIMIT_BYTES },
    );
    const commits = parseCommits(stdout);
    // The last one may be cut off; it comes first on the next page, at least as one that is shortened.
    if (truncated && commits.length > 1) return { commits: commits.slice(0, -1).slice(0, input.limit), more: true };
    return { commits: commits.slice(0, input.limit), more: commits.length > input.limit };
  },
});
