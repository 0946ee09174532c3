import type { FrameworkName, TestReport } from './test-result.ts';

/** What the caller wants to run, with paths that can stand on a command line. */
export interface Wanted {
  /** Part of a test's name or a pattern, as the framework understands it. */
  readonly filter: string | undefined;
  /** Test files or folders, relative to the project. */
  readonly paths: readonly string[];
  /** What the project's own script and the caller say to the framework; files and patterns of the script's stand last. */
  readonly args: readonly string[];
  readonly coverage: 'yes' | 'no';
}

export interface Project {
  /** Absolute. */
  readonly folder: string;
  /** Absolute. */
  readonly workspace: string;
  /** The command that starts the framework, without arguments. */
  readonly command: readonly string[];
}

/** One prepared run. */
export interface Run {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Reads the report once the command has ended. `streams` is what it printed. Throws where there is none. */
  report(streams: { readonly stdout: string; readonly stderr: string }): TestReport;
  /** What a person watching should see of standard output; all of it where absent. */
  shown?(stdout: string): string;
}

export interface Framework {
  readonly name: FrameworkName;
  /** `reports` is an empty folder that the run may write to. Throws ToolError `unsupported` for what the framework cannot do. */
  prepare(project: Project, wanted: Wanted, reports: string): Run;
}
