import { expect, test } from 'vitest';
import { annotations, guarded } from './annotations.ts';
import { junit } from './junit.ts';
import type { RunReport } from './run-report.ts';
import { tailOf } from './run-report.ts';
import { stepSummary } from './step-summary.ts';

const report: RunReport = {
  session: 'k3v9xw2m5a',
  workspace: '/work',
  command: ['npm', 'test'],
  exitCode: 1,
  timedOut: false,
  exceeded: ['memory'],
  durationMs: 1500,
  stdout: 'one\n',
  stderr: 'two\n',
  changes: { added: ['a|b.txt'], modified: [], deleted: ['old'], renamed: [{ from: 'c', path: 'd' }] },
};
const tests: NonNullable<RunReport['tests']> = {
  framework: 'node',
  totals: { passed: 1, failed: 1, skipped: 1 },
  tests: [
    { name: 'sum › adds', file: 'sum.test.js', state: 'failed', durationMs: 2, message: 'expected 3\nto be 4' },
    { name: 'sum › is there', file: 'sum.test.js', state: 'passed', durationMs: 1 },
    { name: 'later', state: 'skipped', message: 'not yet' },
  ],
  problems: ['Cannot load other.test.js'],
};

test('JUnit has every test with its file, time and why it failed, and what went wrong beside them', () => {
  const xml = junit({ ...report, tests });
  expect(xml).toContain('<testsuites name="cavern" tests="4" failures="1" errors="1" skipped="1" time="1.500">');
  expect(xml).toContain(
    '<testcase name="sum › adds" classname="sum.test.js" time="0.002" file="sum.test.js"><failure message="expected 3">expected 3\nto be 4</failure>',
  );
  expect(xml).toContain('<testcase name="later" classname="tests" time="0.000"><skipped message="not yet"/>');
  expect(xml).toContain('<property name="exit-code" value="1"/>');
  expect(xml).toContain('<property name="changes" value="3"/>');
});

test('JUnit of a command is one test, that fails with its exit code, at its time limit, or with Cavern', () => {
  expect(junit(report)).toContain('<failure message="ended with exit code 1">two\n</failure>');
  expect(junit({ ...report, exitCode: 0, timedOut: true })).toContain('<failure message="ended at its time limit">');
  expect(junit({ ...report, failure: 'Cannot start' })).toContain('<failure message="Cannot start">');
  expect(junit({ ...report, exitCode: 0 })).not.toContain('<failure');
});

test('what a sandbox prints cannot end an element, add one, or make the file unreadable', () => {
  const hostile = '</system-out><testcase name="forged"/>]]>&lt;\u0000\u001b[31mred\u001b[0m\ufffe\ud800';
  const xml = junit({ ...report, stdout: hostile, command: ['"><x>', hostile] });
  expect(xml.match(/<testcase/g)).toHaveLength(1);
  expect(xml).toContain('&lt;/system-out&gt;&lt;testcase name=&quot;forged&quot;/&gt;]]&gt;&amp;lt;red</system-out>');
  expect(xml).not.toContain('<x>');
});

test('a summary says what ran, what failed and what changed, and nothing of it is read as Markdown', () => {
  const summary = stepSummary({ ...report, tests });
  expect(summary).toContain('## ❌ cavern run: 1 of 3 tests failed');
  expect(summary).toContain('| tests | 1 passed, 1 failed, 1 skipped (node) |');
  expect(summary).toContain('| `sum › adds` | `sum.test.js` | `expected 3` |');
  expect(summary).toContain('| added | `a\\|b.txt` |');
  expect(summary).toContain('| renamed | `c` → `d` |');
  const hostile = stepSummary({ ...report, stdout: '```\n<img src=x>\n```', command: ['`` <img src=x> ``'] });
  expect(hostile).toContain('````text\n```\n<img src=x>\n```\n````');
  expect(hostile).toContain('``` `` <img src=x> `` ```');
});

test('a summary of very many changes shows the first and says how many more there are', () => {
  const added = Array.from({ length: 250 }, (_, index) => `f${index}`);
  const summary = stepSummary({ ...report, changes: { added, modified: [], deleted: [], renamed: [] } });
  expect(summary.match(/\| added \|/g)).toHaveLength(200);
  expect(summary).toContain('… and 50 more paths');
});

test('annotations are at the failed tests, else of the command, each on a line of its own', () => {
  expect(annotations({ ...report, tests })).toBe(
    '::error file=sum.test.js,title=sum › adds::expected 3%0Ato be 4\n' +
      '::warning title=cavern run::the command met a limit of its sandbox: memory\n',
  );
  expect(annotations({ ...report, exceeded: [] })).toBe('::error title=cavern run::npm test: ended with exit code 1\n');
  expect(annotations({ ...report, exceeded: [], exitCode: 0 })).toBe('');
  const forged = { ...report, exceeded: [], command: ['x\n::set-env name=A::1'] };
  expect(annotations(forged).trimEnd().split('\n')).toHaveLength(1);
});

test('the guard stops commands of a workflow until its own token comes', () => {
  expect(guarded('abc')).toEqual({ begin: '::stop-commands::abc\n', end: '\n::abc::\n' });
});

test('the end of a long text begins with a whole line', () => {
  expect(tailOf('one\ntwo\nthree\n', 10)).toBe('…\nthree\n');
  expect(tailOf('short', 10)).toBe('short');
});
