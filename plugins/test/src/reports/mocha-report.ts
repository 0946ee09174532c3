import { fullName, type TestReport, type TestResult } from '../test-result.ts';

interface MochaTest {
  readonly titles: readonly string[];
  readonly file?: string | null;
  readonly state: TestResult['state'];
  readonly durationMs?: number;
  readonly message?: string;
}

/** Reads what the reporter that this plugin gives to Mocha has kept. */
export function parseMochaReport(text: string): TestReport {
  const report: MochaTest[] = JSON.parse(text);
  const tests = report.map(({ titles, file, state, durationMs, message }) => ({
    name: fullName(titles),
    ...(file ? { file } : {}),
    state,
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(message === undefined ? {} : { message }),
  }));
  return { tests, problems: [] };
}
