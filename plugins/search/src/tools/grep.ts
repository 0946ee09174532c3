import { tool } from '@cavern/plugin-sdk/tool';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { workspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type, { type Static } from 'typebox';
import { LineSplitter } from '../line-splitter.ts';
import { type Match, MatchCollector } from '../match-collector.ts';
import { lineMessage } from '../ripgrep-message.ts';
import { EVERYWHERE, ripgrepOf, searchRoot, type SearchSite, selectionArguments, warningsOf } from '../ripgrep.ts';

const MATCH_LIMIT = 10_000;
/** Of the text of all matches together. */
const RESULT_LIMIT_BYTES = 1024 * 1024;
const count = (maximum: number, value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum, default: value, description });

export const GrepInput = Type.Object(
  {
    pattern: Type.String({ minLength: 1, maxLength: 10_000 }),
    path: workspacePath({ default: '.', description: 'A folder or a file' }),
    syntax: Type.Union([Type.Literal('regex'), Type.Literal('literal'), Type.Literal('pcre2')], {
      default: 'regex',
      description: 'regex: Rust’s, in linear time; pcre2: with look-around and back-references',
    }),
    letterCase: Type.Union([Type.Literal('sensitive'), Type.Literal('insensitive'), Type.Literal('smart')], {
      default: 'sensitive',
      description: 'smart: insensitive unless the pattern has a capital letter',
    }),
    wholeWords: Type.Boolean({ default: false }),
    multiline: Type.Boolean({ default: false, description: 'A match may span lines, and a dot matches their ends' }),
    globs: Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), {
      default: [],
      maxItems: 100,
      description:
        'As in a .gitignore: *.ts anywhere, src/** below src, !*.min.js not; one that matches a hidden or ignored file brings it back',
    }),
    hidden: Type.Boolean({ default: false, description: 'Also hidden files' }),
    ignored: Type.Boolean({ default: false, description: 'Also what .gitignore and the like leave out' }),
    before: count(100, 0, 'Lines of context before a match'),
    after: count(100, 0, 'Lines of context after a match'),
    limit: Type.Integer({ minimum: 1, maximum: MATCH_LIMIT, default: 1000, description: 'Matching lines at most' }),
    limitPerFile: Type.Optional(Type.Integer({ minimum: 1, description: 'Matching lines of one file at most' })),
  },
  { additionalProperties: false },
);

const Line = Type.Object({ line: Type.Integer({ description: 'From 1' }), text: Type.String() });

export const GrepOutput = Type.Object({
  matches: Type.Array(
    Type.Object({
      path: Type.String(),
      line: Type.Integer({ description: 'From 1' }),
      text: Type.String({
        description: 'The line or lines, without the last end; of a long one 2,000 characters around the first match',
      }),
      ranges: Type.Array(
        Type.Object({ start: Type.Integer(), end: Type.Integer() }, { description: 'Bytes of the text as UTF-8' }),
      ),
      before: Type.Array(Line),
      after: Type.Array(Line),
    }),
    { description: 'In the order of paths and lines' },
  ),
  files: Type.Integer({ description: 'Files among the matches' }),
  truncated: Type.Boolean({ description: 'There are more matches; these are the first in ripgrep’s order of paths' }),
  warnings: Type.Array(Type.String(), { description: 'Files that could not be read' }),
});

type Input = Static<typeof GrepInput>;

const CASES = { sensitive: '--case-sensitive', insensitive: '--ignore-case', smart: '--smart-case' } as const;

function grepArguments(input: Input, root: string): string[] {
  return [
    ...EVERYWHERE,
    '--json',
    CASES[input.letterCase],
    ...(input.syntax === 'literal' ? ['--fixed-strings'] : []),
    ...(input.syntax === 'pcre2' ? ['--pcre2'] : []),
    ...(input.wholeWords ? ['--word-regexp'] : []),
    ...(input.multiline ? ['--multiline', '--multiline-dotall'] : []),
    ...(input.before > 0 ? [`--before-context=${input.before}`] : []),
    ...(input.after > 0 ? [`--after-context=${input.after}`] : []),
    ...(input.limitPerFile === undefined ? [] : [`--max-count=${input.limitPerFile}`]),
    ...selectionArguments(input),
    `--regexp=${input.pattern}`,
    '--',
    root,
  ];
}

function shown(match: Match): string {
  return `${match.path}:${match.line}:${match.text}\n`;
}

/** Ends ripgrep early: what it has found fills the answer. */
class Enough extends Error {}

interface Pass {
  readonly matches: readonly Match[];
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

/** One run of ripgrep; it is stopped as soon as there is more than fits. */
async function pass(site: SearchSite, input: Input, options: { argv: string[]; live: boolean }): Promise<Pass> {
  const collector = new MatchCollector({ ...input, matches: input.limit, bytes: RESULT_LIMIT_BYTES });
  const splitter = new LineSplitter();
  const take = async (chunk: Buffer): Promise<void> => {
    const texts: string[] = [];
    for (const line of splitter.push(chunk)) {
      const message = lineMessage(line);
      const match = message && collector.take(message);
      if (match && options.live) texts.push(shown(match));
      if (collector.truncated) break;
    }
    if (texts.length > 0) await site.output(texts.join(''));
    if (collector.truncated) throw new Enough();
  };
  try {
    const result = await site.run([site.ripgrep, ...options.argv], { onStdout: take });
    return { matches: collector.matches, truncated: false, warnings: warningsOf(result, collector.matches.length > 0) };
  } catch (thrown) {
    if (!(thrown instanceof Enough)) throw thrown;
    return { matches: collector.matches, truncated: true, warnings: [] };
  }
}

/** ripgrep's threads finish in any order; within a file it goes line by line. Names alone are sorted without a comparison, which is quicker. */
function byFile(matches: readonly Match[]): ReadonlyMap<string, readonly Match[]> {
  const files = new Map<string, Match[]>();
  for (const match of matches) {
    const those = files.get(match.path);
    if (those === undefined) files.set(match.path, [match]);
    else those.push(match);
  }
  return files;
}

/**
 * Searches with ripgrep. Matches come to `output` as they are found. The result is the same for the same files: it is sorted, and
 * where not all fits, a second, sorted run finds the first ones. Throws `invalid_pattern`, `not_found`.
 */
export async function grep(site: SearchSite, input: Input): Promise<Static<typeof GrepOutput>> {
  const argv = grepArguments(input, searchRoot(site, input.path));
  if (input.pattern.includes('\n') && !input.multiline && input.syntax === 'literal') {
    throw new ToolError('invalid_pattern', 'Cannot search: the pattern spans lines, which needs multiline');
  }
  let found = await pass(site, input, { argv, live: true });
  if (found.truncated) found = await pass(site, input, { argv: ['--sort=path', ...argv], live: false });
  const files = byFile(found.matches);
  return {
    matches: [...files.keys()].sort().flatMap((path) => files.get(path) ?? []),
    files: files.size,
    truncated: found.truncated,
    warnings: [...found.warnings],
  };
}

export const grepTool = tool({
  description: 'Search the content of files with ripgrep: regex, globs, ignore files, context, limits',
  input: GrepInput,
  output: GrepOutput,
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 120_000,
  run: (input, context) =>
    grep(
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
