import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunResult } from '@cavern/plugin-sdk/run-command';
import type { ToolContext } from '@cavern/plugin-sdk/tool';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import {
  FOREIGN_PROGRAMS,
  filtersOfAttributes,
  type ForeignPrograms,
  parseForeignPrograms,
  withoutForeignPrograms,
} from './foreign-programs.ts';
import { type GitIdentity, gitEnvironment } from './git-environment.ts';
import { splitAtNul } from './records.ts';

export interface GitOptions {
  readonly stdin?: string | Uint8Array;
  readonly outputLimitBytes?: number;
  readonly identity?: GitIdentity;
  /** What a person reads when it fails: `Cannot <action>: …`. */
  readonly action: string;
  /** Exit codes that are no failure; 0 alone unless given. */
  readonly accept?: readonly number[];
  /** `git's own`: for commands that are given no path and hand patterns to other gits. */
  readonly pathspecs?: 'literal' | "git's own";
  /** `refused` for commands that store files: see `withoutForeignPrograms`. */
  readonly filters?: 'passed over' | 'refused';
  /** Where it runs: for commands that take paths from the top of the working tree. */
  readonly cwd?: 'top';
}

/** Of names of files, of settings and of branches. */
export const LISTING_LIMIT_BYTES = 64 * 1024 * 1024;

function failure(result: RunResult, action: string): ToolError {
  const stderr = result.stderr.toString().trim();
  const reason = (stderr || result.stdout.toString().trim()).split('\n')[0] ?? '';
  const data = { exitCode: result.exitCode, stderr: stderr.slice(0, 4000) };
  const [, path, filter] = /^(?:fatal|error): (.*): clean filter '(.*)' failed/m.exec(stderr) ?? [];
  if (filter !== undefined) {
    const why = `"${path}" is stored through the filter "${filter}" by .gitattributes, a program that is not run here`;
    const remedy = 'leave the file out, or use git in a terminal in which the filter is installed';
    return new ToolError('filter_needed', `Cannot ${action}: ${why}; ${remedy}`, { data });
  }
  const code = /not a git repository/i.test(stderr) ? 'not_a_repository' : 'git_failed';
  return new ToolError(
    code,
    `Cannot ${action}: ${reason.replace(/^(fatal|error): /, '') || `git ended with ${result.exitCode}`}`,
    { data },
  );
}

/** A repository inside the workspace. Paths of its tools are relative to the workspace, git's own to the top of its working tree. */
export class Repository {
  readonly #context: ToolContext;
  readonly #folder: string;
  readonly #workspace: string;
  #prefix = '';
  #foreign: ForeignPrograms = { filters: new Set(), mergeDrivers: new Set() };
  /** So that git asks no git in a submodule, whatever its settings say. */
  #submodules: readonly (readonly [key: string, value: string])[] = [];

  private constructor(context: ToolContext, folder: string) {
    this.#context = context;
    this.#folder = folder;
    this.#workspace = realpathSync(context.workspace);
  }

  /** Throws `not_a_repository`, and `workspace_escape` where its working tree lies outside. */
  static async open(context: ToolContext, path: string): Promise<Repository> {
    const { path: resolved, node } = context.files.resolve(path);
    if (node?.type !== 'directory')
      throw new ToolError('not_found', `Cannot open the repository "${path}": there is no such folder`);
    const repository = new Repository(context, context.files.absolute(resolved));
    const result = await repository.run(['rev-parse', '--show-toplevel'], { action: `open the repository "${path}"` });
    const top = result.stdout.toString().replace(/\n$/, '');
    const workspace = repository.#workspace;
    if (top !== workspace && !top.startsWith(`${workspace}/`)) {
      throw new ToolError(
        'workspace_escape',
        `Cannot open the repository "${path}": its files lie outside of the workspace`,
      );
    }
    repository.#prefix = top === workspace ? '' : `${top.slice(workspace.length + 1)}/`;
    await repository.#readSettings(top);
    return repository;
  }

  /** What the repository would have git run or ask; reading it runs nothing. */
  async #readSettings(top: string): Promise<void> {
    const read = async (...args: string[]): Promise<Buffer> => {
      const options = { action: 'read the settings', accept: [0, 1, 128], outputLimitBytes: LISTING_LIMIT_BYTES };
      return (await this.run(['config', '-z', '--name-only', ...args], options)).stdout;
    };
    this.#foreign = parseForeignPrograms(await read('--get-regexp', FOREIGN_PROGRAMS));
    const modules = `${top}/.gitmodules`;
    const keys = existsSync(modules) ? splitAtNul(await read('--file', modules, '--list')) : [];
    const names = keys.map((key) => /^submodule\.([^]*)\.[^.]*$/.exec(key)?.[1]);
    this.#submodules = [...new Set(names)].flatMap((name) =>
      name === undefined ? [] : [[`submodule.${name}.ignore`, 'dirty'] as const],
    );
  }

  /**
   * From here on, files among these that attributes have stored through a filter are refused as `filter_needed`, also where the settings say
   * nothing of the filter: they are those of one machine, and the one that they are missing on would store what others never see stored.
   */
  async refuseFiltered(paths: readonly string[], ignored: 'too' | 'not'): Promise<void> {
    const options = { action: 'look for filters', outputLimitBytes: LISTING_LIMIT_BYTES };
    const excluded = ignored === 'too' ? [] : ['--exclude-standard'];
    const list = ['ls-files', '-z', '--modified', '--others', '--full-name', ...excluded, '--', ...this.inward(paths)];
    const { stdout: names } = await this.run(list, options);
    if (names.length === 0) return;
    const { stdout } = await this.run(['check-attr', '-z', '--stdin', 'filter'], { ...options, stdin: names });
    this.#foreign = {
      ...this.#foreign,
      filters: new Set([...this.#foreign.filters, ...filtersOfAttributes(stdout)]),
    };
  }

  /** Runs git with hooks, credentials and network shut off. Throws `git_failed` with git's own words. */
  async run(args: readonly string[], options: GitOptions): Promise<RunResult> {
    const { identity, action, accept = [0], pathspecs = 'literal', filters = 'passed over', cwd, ...rest } = options;
    const settings = [...withoutForeignPrograms(this.#foreign, filters), ...this.#submodules];
    const env = {
      ...gitEnvironment({ ceiling: dirname(this.#workspace), identity, settings }),
      ...(pathspecs === 'literal' ? {} : { GIT_LITERAL_PATHSPECS: undefined }),
    };
    const result = await this.#context.run(['git', ...args], {
      ...rest,
      cwd: cwd === 'top' ? this.absolute('') : this.#folder,
      env,
    });
    if (result.exitCode === null || !accept.includes(result.exitCode)) throw failure(result, action);
    return result;
  }

  /** A path that git printed, relative to the workspace. */
  outward(path: string): string {
    return `${this.#prefix}${path}`;
  }

  /** The top of the working tree, as a path of a tool's input. */
  top(): string {
    return this.#prefix === '' ? '.' : this.#prefix;
  }

  /** A path that git printed, on this disk. */
  absolute(path: string): string {
    return `${this.#workspace}/${this.outward(path)}`.replace(/\/$/, '');
  }

  /** A path of a tool's input, relative to the top of the working tree. Throws `workspace_escape` where it lies in no part of it. */
  withinTree(path: string): string {
    const { path: resolved } = this.#context.files.resolve(path, 'keep');
    if (!resolved.startsWith(this.#prefix)) {
      throw new ToolError('workspace_escape', `Cannot use "${path}": it lies outside of the repository`);
    }
    return resolved.slice(this.#prefix.length);
  }

  /** Paths of a tool's input for git's command line, after a `--`. The last link of each stays: git keeps links, not what they lead to. */
  inward(paths: readonly string[]): string[] {
    return paths.map((path) => {
      const { path: resolved } = this.#context.files.resolve(path, 'keep');
      return resolved === '' ? this.#workspace : `${this.#workspace}/${resolved}`;
    });
  }
}

/** A name of a commit or branch, for git's command line. Throws `invalid_ref` for what git would take as an option. */
export function checkedRef(ref: string): string {
  if (ref.startsWith('-') || /[\0\n ]/.test(ref)) {
    throw new ToolError('invalid_ref', `Cannot use "${ref}": it is no name of a commit`);
  }
  return ref;
}
