import { fullName, type TestReport, type TestResult } from '../test-result.ts';

const STATES: Record<string, TestResult['state']> = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' };

/** Reads what libtest prints; its JSON form is not stable yet. `Running …` lines come on standard error, so both streams are given as one. */
export function parseCargoReport(text: string): TestReport {
  const tests: TestResult[] = [];
  const problems: string[] = [];
  const messages = new Map<string, string>();
  let target = '';
  let failing: string | undefined;
  for (const line of text.split('\n')) {
    const running = /^\s+(?:Running (?:unittests )?|Doc-tests )(\S+)/.exec(line);
    const test = /^test (.+?) \.\.\. (ok|FAILED|ignored)/.exec(line);
    const header = /^---- (.+) stdout ----$/.exec(line);
    if (running) target = running[1] ?? '';
    else if (test) {
      tests.push({ name: fullName([target, test[1] ?? '']), state: STATES[test[2] ?? ''] ?? 'failed' });
    } else if (header) failing = header[1];
    else if (failing !== undefined && /^(failures:|test result:)/.test(line)) failing = undefined;
    else if (failing !== undefined) messages.set(failing, `${messages.get(failing) ?? ''}${line}\n`);
    else if (/^error(\[E\d+\])?:/.test(line) && !line.includes('test failed, to rerun')) problems.push(line);
  }
  const withMessages = tests.map((test) => {
    const message = test.state === 'failed' ? messages.get(test.name.split(' › ').at(-1) ?? '')?.trim() : undefined;
    return message ? { ...test, message } : test;
  });
  return { tests: withMessages, problems };
}
