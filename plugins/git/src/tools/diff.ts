import { tool } from '@cavern/plugin-sdk/tool';
import Type from 'typebox';
import {
  CHANGED_FILES,
  type ChangedFile,
  ChangedFile as ChangedFileSchema,
  parseChangedFiles,
} from '../changed-files.ts';
import { pathsField, refField, repositoryField, strict } from '../inputs.ts';
import { cutAtLine } from '../records.ts';
import { checkedRef, LISTING_LIMIT_BYTES, Repository } from '../repository.ts';

const PATCH_LIMIT_BYTES = 1024 * 1024;
const FILE_LIMIT = 5_000;

export const Difference = Type.Object({
  files: Type.Array(ChangedFileSchema),
  total: Type.Integer({ description: 'Files that differ' }),
  patch: Type.String({ description: 'Unified, in git’s form, so that git apply takes it' }),
  truncated: Type.Boolean({ description: 'The patch or the list of files is cut' }),
});

interface DifferenceOptions {
  /** The command and what it compares. */
  readonly command: readonly string[];
  readonly paths: readonly string[];
  readonly context: number;
  readonly action: string;
}

export function outwardFile(repository: Repository, file: ChangedFile): ChangedFile {
  const from = file.from === undefined ? {} : { from: repository.outward(file.from) };
  return { ...file, path: repository.outward(file.path), ...from };
}

/** The files that differ, and the patch as far as it fits. */
export async function difference(repository: Repository, options: DifferenceOptions) {
  const paths = ['--', ...repository.inward(options.paths)];
  const { action } = options;
  const listing = await repository.run([...options.command, ...CHANGED_FILES, ...paths], {
    action,
    outputLimitBytes: LISTING_LIMIT_BYTES,
  });
  const files = parseChangedFiles(listing.stdout);
  const patch = await repository.run(
    [
      ...options.command,
      '--patch',
      `--unified=${options.context}`,
      '--find-renames',
      '--binary',
      '--no-ext-diff',
      '--no-textconv',
      '--ignore-submodules=dirty',
      '--submodule=short',
      '--no-color',
      ...paths,
    ],
    { action, outputLimitBytes: PATCH_LIMIT_BYTES + 1 },
  );
  const { text, truncated } = cutAtLine(patch.stdout, PATCH_LIMIT_BYTES);
  return {
    files: files.slice(0, FILE_LIMIT).map((file) => outwardFile(repository, file)),
    total: files.length,
    patch: text,
    truncated: truncated || files.length > FILE_LIMIT,
  };
}

export const diff = tool({
  description: 'Show what differs: the working tree from what is staged, what is staged from a commit, or two commits',
  input: Type.Object(
    {
      repository: repositoryField,
      staged: Type.Boolean({ default: false, description: 'What is staged, compared with HEAD or with from' }),
      from: Type.Optional(refField('A commit; compared with the working tree unless to is given')),
      to: Type.Optional(refField('A commit')),
      paths: Type.Optional(pathsField),
      context: Type.Integer({ minimum: 0, maximum: 1000, default: 3, description: 'Lines around a change' }),
    },
    { ...strict, dependentRequired: { to: ['from'] } },
  ),
  output: Difference,
  outputMode: 'patch',
  effects: ['read'],
  timeoutMs: 60_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    const refs = [input.from, input.to].flatMap((ref) => (ref === undefined ? [] : [checkedRef(ref)]));
    return difference(repository, {
      command: ['diff', ...(input.staged ? ['--cached'] : []), ...refs],
      paths: input.paths ?? [],
      context: input.context,
      action: 'show the difference',
    });
  },
});
