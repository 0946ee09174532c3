import { fullName, type TestReport, type TestResult } from '../test-result.ts';

const STATES: Record<string, TestResult['state']> = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' };

interface CargoTest {
  readonly target: string;
  /** As the target calls it where it tells why it failed. */
  readonly test: string;
  readonly state: TestResult['state'];
  readonly reason: string;
}

/** Reads what libtest prints; its JSON form is not stable yet. `Running …` lines come on standard error, so both streams are given as one. */
export function parseCargoReport(text: string): TestReport {
  const tests: CargoTest[] = [];
  const problems: string[] = [];
  const messages = new Map<string, string>();
  let target = '';
  let failing: string | undefined;
  let isCompiling = false;
  for (const line of text.split('\n')) {
    const running = /^\s+(?:Running (?:unittests )?|Doc-tests )(\S+)/.exec(line);
    const test = /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)(?:, (.*))?$/.exec(line);
    const header = /^---- (.+) stdout ----$/.exec(line);
    if (running) target = running[1] ?? '';
    else if (test) {
      const [, name = '', state = '', reason = ''] = test;
      tests.push({ target, test: name, state: STATES[state] ?? 'failed', reason });
    } else if (header) failing = `${target}\n${header[1] ?? ''}`;
    else if (failing !== undefined && /^(failures:|test result:)/.test(line)) failing = undefined;
    else if (failing !== undefined) messages.set(failing, `${messages.get(failing) ?? ''}${line}\n`);
    else if (/^error(\[E\d+\])?:/.test(line) && !/test failed, to rerun|\d+ targets? failed:/.test(line)) {
      problems.push(line);
      isCompiling = true;
    } else if (isCompiling && /^\s+--> /.test(line)) {
      problems.push(`${problems.pop() ?? ''} (${line.replace(/^\s+--> /, '')})`);
      isCompiling = false;
    }
  }
  const results = tests.map(({ target: of, test, state, reason }) => {
    const message = state === 'failed' ? messages.get(`${of}\n${test}`)?.trim() : reason;
    return { name: fullName([of, test]), state, ...(message ? { message } : {}) };
  });
  return { tests: results, problems };
}
