import type { TestReport, TestResult } from '../test-result.ts';

interface GoEvent {
  readonly Action?: string;
  readonly Package?: string;
  readonly ImportPath?: string;
  readonly Test?: string;
  readonly Elapsed?: number;
  readonly Output?: string;
}

const STATES: Record<string, TestResult['state']> = { pass: 'passed', fail: 'failed', skip: 'skipped' };

interface OpenTest {
  readonly name: string;
  output: string;
}

/** What `go test` printed of one package. */
interface OpenPackage {
  readonly running: Map<string, OpenTest>;
  output: string;
  failedTests: number;
}

function eventOf(line: string): GoEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === 'object' && event !== null ? event : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the events of `go test -json` (go doc test2json), one by one. */
class GoReport {
  readonly tests: TestResult[] = [];
  readonly problems: string[] = [];
  readonly #packages = new Map<string, OpenPackage>();

  take(event: GoEvent): void {
    const { Action: action = '', Package: path = '', Test: test, Output: output = '' } = event;
    if (action === 'build-output') {
      if (!output.startsWith('# ')) this.problems.push(output.trimEnd());
      return;
    }
    const open = this.#packageOf(path);
    if (test === undefined) {
      if (action === 'output') open.output += output;
      if (action === 'fail') this.#failPackage(path, open);
      return;
    }
    const running = open.running.get(test) ?? { name: `${path} › ${test}`, output: '' };
    open.running.set(test, running);
    if (action === 'output') running.output += output;
    const state = STATES[action];
    if (state === undefined) return;
    open.running.delete(test);
    if (state === 'failed') open.failedTests += 1;
    this.#end(running, state, event.Elapsed);
  }

  #packageOf(path: string): OpenPackage {
    const known = this.#packages.get(path);
    if (known) return known;
    const made: OpenPackage = { running: new Map(), output: '', failedTests: 0 };
    this.#packages.set(path, made);
    return made;
  }

  #end({ name, output }: OpenTest, state: TestResult['state'], seconds: number | undefined): void {
    const message = state === 'passed' ? '' : output.trim();
    this.tests.push({
      name,
      state,
      ...(seconds === undefined ? {} : { durationMs: seconds * 1000 }),
      ...(message === '' ? {} : { message }),
    });
  }

  /** A package fails with a test of its own, by a test that never came to its end, or without any: it does not compile, or it ended the process. */
  #failPackage(path: string, open: OpenPackage): void {
    for (const running of open.running.values()) this.#end(running, 'failed', undefined);
    const failed = open.failedTests + open.running.size;
    open.running.clear();
    if (failed === 0) this.problems.push(`${path}: ${open.output.trim()}`);
  }
}

/** Reads what `go test -json` printed. On standard error are the compiler's words, until Go 1.23. */
export function parseGoReport({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): TestReport {
  const report = new GoReport();
  for (const line of stdout.split('\n')) {
    const event = eventOf(line);
    if (event !== undefined) report.take(event);
    else if (line !== '') report.problems.push(line);
  }
  const compiler = stderr.split('\n').filter((line) => line !== '' && !/^(# |go: downloading )/.test(line));
  return { tests: report.tests, problems: [...report.problems, ...compiler] };
}
