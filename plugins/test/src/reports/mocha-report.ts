import type { TestReport, TestResult } from '../test-result.ts';

interface MochaTest {
  readonly fullTitle?: string;
  readonly file?: string | null;
  readonly duration?: number;
  readonly err?: { readonly message?: string; readonly stack?: string };
}

interface MochaJson {
  readonly passes?: readonly MochaTest[];
  readonly failures?: readonly MochaTest[];
  readonly pending?: readonly MochaTest[];
}

/** Reads the report of Mocha's `json` reporter. */
export function parseMochaReport(text: string): TestReport {
  const report: MochaJson = JSON.parse(text);
  const of = (tests: readonly MochaTest[] | undefined, state: TestResult['state']): TestResult[] =>
    (tests ?? []).map(({ fullTitle = '', file, duration, err }) => {
      const message = err?.stack ?? err?.message;
      return {
        name: fullTitle,
        ...(file ? { file } : {}),
        state,
        ...(duration === undefined ? {} : { durationMs: duration }),
        ...(message === undefined ? {} : { message }),
      };
    });
  return {
    tests: [...of(report.passes, 'passed'), ...of(report.failures, 'failed'), ...of(report.pending, 'skipped')],
    problems: [],
  };
}
