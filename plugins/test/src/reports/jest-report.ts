import { fullName, type TestReport, type TestResult } from '../test-result.ts';

interface Assertion {
  readonly ancestorTitles?: readonly string[];
  readonly title?: string;
  readonly status?: string;
  readonly duration?: number | null;
  readonly failureMessages?: readonly string[] | null;
}

interface JestJson {
  readonly testResults?: readonly {
    readonly name?: string;
    readonly message?: string;
    readonly status?: string;
    readonly assertionResults?: readonly Assertion[];
  }[];
}

function stateOf(status: string | undefined): TestResult['state'] {
  if (status === 'passed') return 'passed';
  return status === 'failed' ? 'failed' : 'skipped';
}

/** Reads Jest's JSON report, which Vitest writes as well. */
export function parseJestReport(text: string): TestReport {
  const report: JestJson = JSON.parse(text);
  const tests: TestResult[] = [];
  const problems: string[] = [];
  for (const file of report.testResults ?? []) {
    const assertions = file.assertionResults ?? [];
    for (const each of assertions) {
      const message = (each.failureMessages ?? []).join('\n');
      tests.push({
        name: fullName([...(each.ancestorTitles ?? []), each.title ?? '']),
        ...(file.name === undefined ? {} : { file: file.name }),
        state: stateOf(each.status),
        ...(typeof each.duration === 'number' ? { durationMs: each.duration } : {}),
        ...(message === '' ? {} : { message }),
      });
    }
    const failedOutside = file.status === 'failed' && !assertions.some(({ status }) => status === 'failed');
    if (failedOutside) problems.push(`${file.name ?? ''}: ${file.message ?? 'it could not be run'}`);
  }
  return { tests, problems };
}
