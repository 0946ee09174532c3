/** What became of one test. */
export interface TestOutcome {
  readonly name: string;
  readonly file?: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly durationMs?: number;
  readonly message?: string;
}

/** What the test tool says of a run. */
export interface TestRun {
  readonly framework: string;
  readonly totals: { readonly passed: number; readonly failed: number; readonly skipped: number };
  readonly tests: readonly TestOutcome[];
  /** Failures outside of any test. */
  readonly problems: readonly string[];
}

export interface ChangeSummary {
  readonly added: readonly string[];
  readonly modified: readonly string[];
  readonly deleted: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly path: string }[];
}

/** What a report of a run is written from. Names, paths and output come out of the sandbox: nobody vouches for them. */
export interface RunReport {
  readonly session: string;
  readonly workspace: string;
  /** As it was written; of tests what the framework was started with. */
  readonly command: readonly string[];
  readonly exitCode: number;
  readonly timedOut: boolean;
  /** Limits of the sandbox that were met. */
  readonly exceeded: readonly string[];
  readonly durationMs: number;
  /** The ends of what was printed. */
  readonly stdout: string;
  readonly stderr: string;
  readonly changes: ChangeSummary;
  readonly tests?: TestRun | undefined;
  /** Cavern's own failure: the command has no outcome. */
  readonly failure?: string | undefined;
}

/** Why the command failed, in a line; undefined when it did not. */
export function failureOf({ exitCode, timedOut, failure, tests }: RunReport): string | undefined {
  if (failure !== undefined) return failure;
  if (timedOut) return 'ended at its time limit';
  if (exitCode === 0) return undefined;
  if (tests && tests.totals.failed > 0) return `${tests.totals.failed} of ${tests.tests.length} tests failed`;
  return `ended with exit code ${exitCode}`;
}

/** The end of a text, at whole lines where there are some. */
export function tailOf(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = text.slice(-limit);
  return `…\n${end.slice(end.indexOf('\n') + 1)}`;
}
