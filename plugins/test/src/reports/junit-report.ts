import { fullName, type TestReport, type TestResult } from '../test-result.ts';
import { xmlTokens } from './xml.ts';

interface OpenCase {
  readonly attributes: ReadonlyMap<string, string>;
  readonly groups: readonly string[];
  state: TestResult['state'];
  message: string;
}

function resultOf(open: OpenCase): TestResult {
  const { attributes, groups } = open;
  const file = attributes.get('file');
  const seconds = Number(attributes.get('time'));
  const message = open.message.trim();
  return {
    name: fullName([...groups, attributes.get('name') ?? '']),
    ...(file === undefined ? {} : { file }),
    state: open.state,
    ...(Number.isFinite(seconds) ? { durationMs: seconds * 1000 } : {}),
    ...(message === '' ? {} : { message }),
  };
}

/** Reads JUnit's XML as node:test and pytest write it. `groups`: where the names of a test's groups stand; node:test nests suites, pytest names a class. */
export function parseJunitReport(text: string, groups: 'suites' | 'classes'): TestReport {
  const tests: TestResult[] = [];
  const suites: string[] = [];
  let open: OpenCase | undefined;
  let inOutcome = false;
  for (const token of xmlTokens(text)) {
    if (token.kind === 'text') {
      if (open && inOutcome) open.message += token.text;
    } else if (token.kind === 'open') {
      if (token.name === 'testsuite') {
        if (!token.empty) suites.push(token.attributes.get('name') ?? '');
      } else if (token.name === 'testcase') {
        open = {
          attributes: token.attributes,
          groups: groups === 'suites' ? [...suites] : [token.attributes.get('classname') ?? ''],
          state: 'passed',
          message: '',
        };
        if (token.empty) tests.push(resultOf(open));
      } else if (open && ['failure', 'error', 'skipped'].includes(token.name)) {
        open.state = token.name === 'skipped' ? 'skipped' : 'failed';
        open.message += `${token.attributes.get('message') ?? ''}\n`;
        inOutcome = !token.empty;
      }
    } else if (token.name === 'testsuite') suites.pop();
    else if (token.name === 'testcase' && open) {
      tests.push(resultOf(open));
      open = undefined;
    } else inOutcome = false;
  }
  return { tests, problems: [] };
}
