import { tool } from '@cavern/plugin-sdk/tool';
import { workspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type, { type Static } from 'typebox';
import { EVERYWHERE, ripgrepOf, searchRoot, type SearchSite, selectionArguments, warningsOf } from '../ripgrep.ts';

const FILE_LIMIT = 100_000;
/** Of the names of all files of a workspace: what a search holds before it cuts. */
const LISTING_LIMIT_BYTES = 256 * 1024 * 1024;
/** Of the paths of one result. */
const RESULT_LIMIT_BYTES = 1024 * 1024;

export const GlobInput = Type.Object(
  {
    globs: Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), {
      minItems: 1,
      maxItems: 100,
      description:
        'As in a .gitignore: *.ts anywhere, src/** below src, !*.min.js not; one that matches a hidden or ignored file brings it back',
    }),
    path: workspacePath({ default: '.', description: 'A folder' }),
    hidden: Type.Boolean({ default: false, description: 'Also hidden files' }),
    ignored: Type.Boolean({ default: false, description: 'Also what .gitignore and the like leave out' }),
    limit: Type.Integer({ minimum: 1, maximum: FILE_LIMIT, default: 10_000, description: 'Paths at most' }),
  },
  { additionalProperties: false },
);

export const GlobOutput = Type.Object({
  paths: Type.Array(Type.String(), { description: 'Files, relative to the workspace, in order' }),
  total: Type.Integer({ description: 'Files that match' }),
  truncated: Type.Boolean(),
  warnings: Type.Array(Type.String(), { description: 'Folders that could not be read' }),
});

/** In the order of UTF-16 units, which is what sorting without a comparison does, and does fastest. */
function sortedNames(bytes: Buffer): string[] {
  const names = bytes.toString('utf8').split('\0');
  names.pop();
  return names.sort();
}

/** As many of the first paths as fit. */
function fitting(paths: readonly string[], limit: number): string[] {
  let bytes = 0;
  const first: string[] = [];
  for (const path of paths) {
    bytes += path.length;
    if (first.length >= limit || bytes > RESULT_LIMIT_BYTES) break;
    first.push(path);
  }
  return first;
}

/** Lists files by ripgrep's rules. Throws `invalid_pattern`, `not_found`. */
export async function glob(site: SearchSite, input: Static<typeof GlobInput>): Promise<Static<typeof GlobOutput>> {
  const root = searchRoot(site, input.path);
  // Without a path ripgrep prints names without a leading ./
  const argv = [
    ...EVERYWHERE,
    '--files',
    '--null',
    ...selectionArguments(input),
    ...(root === '.' ? [] : ['--', root]),
  ];
  const result = await site.run([site.ripgrep, ...argv], { outputLimitBytes: LISTING_LIMIT_BYTES });
  const found = sortedNames(result.stdout);
  const warnings = warningsOf(result, found.length > 0);
  const paths = fitting(found, input.limit);
  if (paths.length > 0) await site.output(`${paths.slice(0, 100).join('\n')}\n`);
  return { paths, total: found.length, truncated: paths.length < found.length || result.truncated, warnings };
}

export const globTool = tool({
  description: 'Find files by name with ripgrep’s globs and ignore files',
  input: GlobInput,
  output: GlobOutput,
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 120_000,
  run: (input, context) =>
    glob(
      {
        ripgrep: ripgrepOf(context.pluginFolder),
        signal: context.signal,
        resolve: (path) => context.files.resolve(path),
        run: (argv, options) => context.run(argv, options),
        output: (text) => context.output(text),
      },
      input,
    ),
});
