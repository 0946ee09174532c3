import type { TestReport, TestResult } from '../test-result.ts';

interface GoEvent {
  readonly Action?: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Elapsed?: number;
  readonly Output?: string;
}

const STATES: Record<string, TestResult['state']> = { pass: 'passed', fail: 'failed', skip: 'skipped' };

/** Reads the events of `go test -json` (go doc test2json). Lines that are no events, such as build errors, are problems. */
export function parseGoReport(text: string): TestReport {
  const tests: TestResult[] = [];
  const problems: string[] = [];
  const outputs = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (!line.startsWith('{')) {
      problems.push(line);
      continue;
    }
    const event: GoEvent = JSON.parse(line);
    const name = event.Test === undefined ? '' : `${event.Package ?? ''} › ${event.Test}`;
    if (event.Action === 'output') outputs.set(name, `${outputs.get(name) ?? ''}${event.Output ?? ''}`);
    const state = STATES[event.Action ?? ''];
    if (state === undefined || name === '') continue;
    const message = state === 'passed' ? '' : (outputs.get(name) ?? '').trim();
    tests.push({
      name,
      state,
      ...(event.Elapsed === undefined ? {} : { durationMs: event.Elapsed * 1000 }),
      ...(message === '' ? {} : { message }),
    });
  }
  return { tests, problems };
}
