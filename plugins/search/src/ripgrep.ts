import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions, RunResult } from '@cavern/plugin-sdk/run-command';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import type { ResolvedPath } from '@cavern/plugin-sdk/view-path';

/** What a search needs of where it runs: inside a sandbox, or beside the kernel on a view that equals the folder. */
export interface SearchSite {
  /** The ripgrep binary. */
  readonly ripgrep: string;
  readonly signal: AbortSignal;
  resolve(path: string): ResolvedPath;
  /** Runs in the workspace. */
  run(argv: readonly string[], options: Omit<RunOptions, 'signal' | 'cwd'>): Promise<RunResult>;
  output(text: string): Promise<void>;
}

/**
 * What makes a search the same everywhere: no configuration of a user, none of git's own excludes outside of the repository,
 * no links followed, so that nothing outside of the workspace is read.
 */
export const EVERYWHERE = ['--no-config', '--no-ignore-global', '--no-follow', '--color=never'] as const;

/** The binary that was staged beside the plugin, else the image's own. */
export function ripgrepOf(pluginFolder: string): string {
  const staged = join(pluginFolder, 'bin', process.platform === 'win32' ? 'rg.exe' : 'rg');
  return existsSync(staged) ? staged : 'rg';
}

export interface Selection {
  readonly path: string;
  readonly globs: readonly string[];
  readonly hidden: boolean;
  readonly ignored: boolean;
}

/** The arguments that say which files; `root` is where the path led. */
export function selectionArguments(selection: Selection): string[] {
  return [
    // First, so that a caller's own glob can bring it back.
    ...(selection.hidden ? ['--hidden', '--glob=!.git'] : []),
    ...(selection.ignored ? ['--no-ignore'] : []),
    ...selection.globs.map((glob) => `--glob=${glob}`),
  ];
}

/** Throws `not_found` and what resolving a path throws. Gives what ripgrep is to search, relative to the workspace. */
export function searchRoot(site: SearchSite, path: string): string {
  const { path: resolved, node } = site.resolve(path);
  if (node === undefined) throw new ToolError('not_found', `Cannot search "${path}": it does not exist`);
  return resolved === '' ? '.' : resolved;
}

/** As ripgrep prints it, without the `./` of a search of everything. */
export function relativePath(printed: string): string {
  return printed.startsWith('./') ? printed.slice(2) : printed;
}

const WARNING_LIMIT = 20;

/** Files that could not be read end no search; they are told. Throws `invalid_pattern` where ripgrep could not begin. */
export function warningsOf(result: RunResult, found: boolean): string[] {
  const lines = result.stderr
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => relativePath(line.replace(/^rg: /, '')));
  if (result.exitCode === 2 && !found && result.stdout.length === 0 && lines.length > 0 && !lines.every(isAboutAFile)) {
    const why = lines.join(' ').replaceAll(/\s+/g, ' ').slice(0, 500);
    throw new ToolError('invalid_pattern', `Cannot search: ripgrep does not understand the pattern (${why})`);
  }
  return lines.slice(0, WARNING_LIMIT);
}

function isAboutAFile(line: string): boolean {
  // PCRE2 gives up on a file in which it would have to try too much.
  return /\(os error \d+\)$|: PCRE2: error matching: /.test(line) || line.startsWith('WARNING');
}
