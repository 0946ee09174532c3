import { failureOf, type RunReport, type TestOutcome } from './run-report.ts';

/** What XML 1.0 cannot hold at all (https://www.w3.org/TR/xml/#charsets), and what colours a terminal. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNPRINTABLE = /\u001b\[[0-9;?]*[ -/]*[@-~]|[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escaped(text: string): string {
  return text
    .replaceAll(UNPRINTABLE, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll(/\s/g, ' ')}"`)
    .join('');
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function element(name: string, of: Readonly<Record<string, string | number>>, body = ''): string {
  return body === '' ? `<${name}${attributes(of)}/>\n` : `<${name}${attributes(of)}>${body}</${name}>\n`;
}

function testCase({ name, file = '', state, durationMs = 0, message = '' }: TestOutcome): string {
  const result = { passed: '', skipped: element('skipped', message === '' ? {} : { message }), failed: '' }[state];
  const failed =
    state === 'failed' ? element('failure', { message: message.split('\n')[0] ?? '' }, escaped(message)) : '';
  const where = file === '' ? {} : { file };
  return element(
    'testcase',
    { name, classname: file || 'tests', time: seconds(durationMs), ...where },
    result + failed,
  );
}

/** The command itself, where there is no list of tests. */
function commandCase(report: RunReport, name: string): string {
  const failure = failureOf(report);
  const body = failure === undefined ? '' : element('failure', { message: failure }, escaped(report.stderr));
  return element('testcase', { name, classname: 'cavern.run', time: seconds(report.durationMs) }, body);
}

/** A report in the form of JUnit, which CI systems read: the tests, or the command as the only one. */
export function junit(report: RunReport): string {
  const name = report.command.join(' ') || 'cavern run';
  const { tests, session, workspace, exitCode, changes } = report;
  const hasTests = tests !== undefined && tests.tests.length > 0;
  const cases = hasTests ? tests.tests.map(testCase) : [commandCase(report, name)];
  const problems = (hasTests ? tests.problems : []).map((problem) =>
    element(
      'testcase',
      { name: problem.split('\n')[0] ?? '', classname: 'problems', time: '0.000' },
      element('error', {}, escaped(problem)),
    ),
  );
  const counts = {
    tests: cases.length + problems.length,
    failures: hasTests
      ? tests.tests.filter(({ state }) => state === 'failed').length
      : Number(failureOf(report) !== undefined),
    errors: problems.length,
    skipped: hasTests ? tests.tests.filter(({ state }) => state === 'skipped').length : 0,
    time: seconds(report.durationMs),
  };
  const properties = Object.entries({
    session,
    workspace,
    'exit-code': exitCode,
    changes: changes.added.length + changes.modified.length + changes.deleted.length + changes.renamed.length,
  }).map(([key, value]) => element('property', { name: key, value }));
  const suite = [
    element('properties', {}, properties.join('')),
    ...cases,
    ...problems,
    element('system-out', {}, escaped(report.stdout)),
    element('system-err', {}, escaped(report.stderr)),
  ];
  const suites = element(
    'testsuites',
    { name: 'cavern', ...counts },
    element('testsuite', { name, ...counts }, suite.join('')),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suites}`;
}
