import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { RunResult } from '@cavern/plugin-sdk/run-command';
import { type ToolContext, tool } from '@cavern/plugin-sdk/tool';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { WorkspacePath, workspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type, { type Static } from 'typebox';
import { Coverage, readCoverage } from '../coverage.ts';
import { type Candidate, detect } from '../detect.ts';
import type { Framework, Run } from '../framework.ts';
import { cargo, go } from '../frameworks/compiled-frameworks.ts';
import { mocha } from '../frameworks/mocha.ts';
import { jest, node, vitest } from '../frameworks/node-frameworks.ts';
import { pytest, script } from '../frameworks/other-frameworks.ts';
import { locatedFile, type ReportedFrom } from '../located-file.ts';
import { FrameworkName, NO_REPORT, type TestReport, TestResult } from '../test-result.ts';

const FRAMEWORKS: Record<FrameworkName, Framework> = { vitest, jest, mocha, node, pytest, go, cargo, script };
const HOUR_MS = 3_600_000;
/** Of what one stream of the command printed; frameworks that report on standard output need it whole. */
const STREAM_LIMIT_CHARACTERS = 32 * 1024 * 1024;
const TAIL_CHARACTERS = 16_384;
const TEST_LIMIT = 5_000;
const MESSAGE_LIMIT = 4_000;
/** Of names and messages of one result, in characters. */
const RESULT_LIMIT = 700_000;
const PROBLEM_LIMIT = 50;
/** Of what a framework printed that ended without a report. */
const LAST_WORDS_CHARACTERS = 2_000;

const Input = Type.Object(
  {
    project: workspacePath({ default: '.', description: 'The folder of the project' }),
    framework: Type.Optional(FrameworkName),
    filter: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1000, description: 'Run only tests with such a name' }),
    ),
    paths: Type.Array(WorkspacePath, {
      default: [],
      maxItems: 1000,
      description: 'Run only these test files or folders',
    }),
    args: Type.Array(Type.String({ maxLength: 4096 }), {
      default: [],
      maxItems: 100,
      description: 'More arguments for the framework',
    }),
    coverage: Type.Boolean({ default: false }),
    timeoutMs: Type.Integer({ minimum: 1000, maximum: HOUR_MS, default: 600_000 }),
  },
  { additionalProperties: false },
);

const Output = Type.Object({
  framework: FrameworkName,
  command: Type.Array(Type.String()),
  ok: Type.Boolean({ description: 'It ended by itself, with exit code 0 and without a failed test' }),
  exitCode: Type.Union([Type.Integer(), Type.Null()]),
  timedOut: Type.Boolean(),
  durationMs: Type.Integer(),
  totals: Type.Object({ passed: Type.Integer(), failed: Type.Integer(), skipped: Type.Integer() }),
  tests: Type.Array(TestResult, { description: 'Failed ones first' }),
  truncated: Type.Boolean({ description: 'Not all tests fit' }),
  problems: Type.Array(Type.String(), { description: 'Failures outside of any test' }),
  coverage: Type.Optional(Coverage),
  coverageMissing: Type.Optional(Type.String({ description: 'Why there is none although it was asked for' })),
  tail: Type.String({ description: 'The end of what it printed' }),
});

const NO_COVERAGE_REPORT = 'The run wrote no lcov.info, coverage-final.json or cover.out that can be read';
const NO_COVERAGE: Partial<Record<FrameworkName, string>> = {
  mocha: `${NO_COVERAGE_REPORT}; Mocha needs c8 or nyc in node_modules`,
  cargo: `${NO_COVERAGE_REPORT}; Cargo has no coverage of its own`,
  script: `${NO_COVERAGE_REPORT}; the script has to write one itself, to coverage/`,
};

function choose(input: Static<typeof Input>, folder: string, workspace: string): Candidate {
  const candidates = detect(folder, workspace);
  const chosen = input.framework ? candidates.find(({ framework }) => framework === input.framework) : candidates[0];
  if (chosen) return chosen;
  const what = input.framework ? `it has no ${input.framework} tests` : 'no tests are found';
  throw new ToolError('no_tests', `Cannot run the tests of "${input.project}": ${what}`);
}

/** What a command prints: shown as it comes, kept for the report, its end kept for people. */
class Printed {
  readonly #context: ToolContext;
  readonly #shown: (text: string) => string;
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  stdout = '';
  stderr = '';
  tail = '';
  #rest = '';

  constructor(context: ToolContext, run: Run) {
    this.#context = context;
    this.#shown = run.shown ?? ((text) => text);
  }

  async take(stream: 'stdout' | 'stderr', chunk: Buffer): Promise<void> {
    const text = this.#decoders[stream].write(chunk);
    if (this[stream].length < STREAM_LIMIT_CHARACTERS) this[stream] += text;
    let whole = text;
    if (stream === 'stdout') {
      // Whole lines, as what is shown may be made of them.
      const end = (this.#rest + text).lastIndexOf('\n') + 1;
      whole = this.#shown((this.#rest + text).slice(0, end));
      this.#rest = (this.#rest + text).slice(end);
    }
    await this.#show(whole);
  }

  async end(): Promise<void> {
    await this.#show(this.#shown(this.#rest));
  }

  async #show(text: string): Promise<void> {
    if (text === '') return;
    this.tail = (this.tail + text).slice(-TAIL_CHARACTERS);
    await this.#context.output(text);
  }
}

function reported(run: Run, printed: Printed, result: RunResult): TestReport {
  try {
    return run.report(printed);
  } catch {
    // The framework did not come so far as to write its report; what it printed says why.
    const how = result.timedOut ? 'its time was up' : `it ended with ${result.exitCode ?? result.exitSignal}`;
    const said = (printed.stderr.trim() || printed.stdout.trim()).slice(-LAST_WORDS_CHARACTERS);
    return { ...NO_REPORT, problems: [`There is no report: ${how}${said === '' ? '' : `. It said last:\n${said}`}`] };
  }
}

const ORDER = { failed: 0, passed: 1, skipped: 2 };

/** Failed tests first, as many as fit, with paths from the workspace. */
function presented(report: TestReport, from: ReportedFrom): { tests: TestResult[]; truncated: boolean } {
  const tests: TestResult[] = [];
  let size = 0;
  for (const test of report.tests.toSorted((a, b) => ORDER[a.state] - ORDER[b.state])) {
    const message = test.message?.slice(0, MESSAGE_LIMIT);
    size += test.name.length + (message?.length ?? 0) + (test.file?.length ?? 0);
    if (tests.length >= TEST_LIMIT || size > RESULT_LIMIT) break;
    const file = test.file === undefined ? undefined : locatedFile(test.file, from);
    tests.push({ ...test, ...(message === undefined ? {} : { message }), ...(file === undefined ? {} : { file }) });
  }
  return { tests, truncated: tests.length < report.tests.length };
}

async function runPrepared(input: Static<typeof Input>, context: ToolContext, reports: string) {
  const folder = context.files.absolute(context.files.resolve(input.project).path);
  const candidate = choose(input, folder, context.workspace);
  const paths = input.paths.map(
    (path) => relative(folder, context.files.absolute(context.files.resolve(path).path)) || '.',
  );
  const from = { folder, workspace: context.workspace };
  const { framework, command, options, files } = candidate;
  // What the caller names takes the place of what the project's own script names.
  const args = [...options, ...input.args, ...(paths.length === 0 ? files : [])];
  const wanted = { filter: input.filter, paths, args, coverage: input.coverage ? 'yes' : 'no' } as const;
  const run = FRAMEWORKS[framework].prepare({ ...from, command }, wanted, reports);
  const printed = new Printed(context, run);
  context.progress(`Running ${framework}: ${candidate.because}`);
  const startedAtMs = Date.now();
  const result = await context.run(run.argv, {
    cwd: folder,
    env: { CI: '1', NO_COLOR: '1', FORCE_COLOR: '0', ...candidate.env, ...run.env },
    timeoutMs: input.timeoutMs,
    onStdout: (chunk) => printed.take('stdout', chunk),
    onStderr: (chunk) => printed.take('stderr', chunk),
  });
  await printed.end();
  const report = reported(run, printed, result);
  const count = (state: TestResult['state']): number => report.tests.filter((test) => test.state === state).length;
  const totals = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
  // File systems keep coarser times than the clock.
  const coverage = readCoverage(
    [join(reports, 'coverage'), reports, join(folder, 'coverage')],
    startedAtMs - 1000,
    from,
  );
  return {
    framework,
    command: [...run.argv],
    ok: result.exitCode === 0 && !result.timedOut && totals.failed === 0 && report.problems.length === 0,
    exitCode: result.exitCode,
    timedOut: result.timedOut,
    durationMs: result.durationMs,
    totals,
    ...presented(report, from),
    problems: report.problems.slice(0, PROBLEM_LIMIT).map((problem) => problem.slice(0, MESSAGE_LIMIT)),
    ...(coverage === undefined ? {} : { coverage }),
    ...(input.coverage && coverage === undefined
      ? { coverageMissing: NO_COVERAGE[framework] ?? NO_COVERAGE_REPORT }
      : {}),
    tail: printed.tail,
  };
}

export const run = tool({
  description: 'Run the tests of a project with the framework it uses, with a result for each test',
  input: Input,
  output: Output,
  outputMode: 'value',
  effects: ['read', 'write'],
  timeoutMs: HOUR_MS + 60_000,
  async run(input, context) {
    const reports = mkdtempSync(join(tmpdir(), 'cavern-test-'));
    try {
      return await runPrepared(input, context, reports);
    } finally {
      rmSync(reports, { recursive: true, force: true });
    }
  },
});
