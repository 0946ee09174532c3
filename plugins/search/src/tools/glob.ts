import { tool } from '@cavern/plugin-sdk/tool';
import { workspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type, { type Static } from 'typebox';
import {
  EVERYWHERE,
  relativePath,
  ripgrepOf,
  searchRoot,
  type SearchSite,
  selectionArguments,
  warningsOf,
} from '../ripgrep.ts';
import { SortedNames } from '../sorted-names.ts';

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

/** Live; the answer has all that fit. */
const SHOWN_NAMES = 100;

/** As many of the first paths as fit; together they have so many bytes. */
function fitting(paths: string[], bytes: number, limit: number): string[] {
  if (paths.length <= limit && bytes <= RESULT_LIMIT_BYTES) return paths;
  let count = 0;
  let room = RESULT_LIMIT_BYTES;
  for (const path of paths) {
    room -= path.length;
    if (count === limit || room < 0) return paths.slice(0, count);
    count += 1;
  }
  return paths;
}

/** What is found, as it comes: the first names for whoever watches, all of them for the answer, in order. */
class Listing {
  readonly #site: SearchSite;
  readonly #names: SortedNames;
  #sizeBytes = 0;
  #shown = 0;
  /** The beginning of a name that is not whole yet. */
  #begun: Buffer = Buffer.alloc(0);
  truncated = false;

  constructor(site: SearchSite, root: string) {
    this.#site = site;
    this.#names = new SortedNames(root === '.' ? './' : '');
  }

  /** In order; a name without its end is none. */
  get names(): string[] {
    return this.#names.all();
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  take(chunk: Buffer): void | Promise<void> {
    const room = LISTING_LIMIT_BYTES - this.#sizeBytes;
    if (chunk.length > room) this.truncated = true;
    if (room <= 0) return undefined;
    const taken = chunk.subarray(0, room);
    this.#sizeBytes += taken.length;
    const end = taken.lastIndexOf(0);
    if (end === -1) {
      this.#begun = Buffer.concat([this.#begun, taken]);
      return undefined;
    }
    const whole = taken.subarray(0, end + 1);
    const names = this.#begun.length === 0 ? whole : Buffer.concat([this.#begun, whole]);
    this.#begun = taken.subarray(end + 1);
    this.#names.add(names);
    return this.#show(names);
  }

  #show(names: Buffer): Promise<void> | undefined {
    if (this.#shown >= SHOWN_NAMES) return undefined;
    const first = names
      .toString('utf8', 0, names.length - 1)
      .split('\0', SHOWN_NAMES - this.#shown)
      .map(relativePath);
    this.#shown += first.length;
    return this.#site.output(`${first.join('\n')}\n`);
  }
}

/** Lists files by ripgrep's rules; the first names come to `output` as they are found. Throws `invalid_pattern`, `not_found`. */
export async function glob(site: SearchSite, input: Static<typeof GlobInput>): Promise<Static<typeof GlobOutput>> {
  const root = searchRoot(site, input.path);
  // With a path even for everything: without one ripgrep takes each name apart again, to leave out its ./
  const argv = [...EVERYWHERE, '--files', '--null', ...selectionArguments(input), '--', root];
  const listing = new Listing(site, root);
  const result = await site.run([site.ripgrep, ...argv], { onStdout: (chunk) => listing.take(chunk) });
  const found = listing.names;
  const warnings = warningsOf(result, found.length > 0);
  const paths = fitting(found, listing.sizeBytes, input.limit);
  return { paths, total: found.length, truncated: paths.length < found.length || listing.truncated, warnings };
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
