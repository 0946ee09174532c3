import { describe, expect, it } from 'vitest';
import { parseIstanbul, parseLcov } from '../coverage.ts';
import { parseCargoReport } from './cargo-report.ts';
import { parseGoReport } from './go-report.ts';
import { parseJestReport } from './jest-report.ts';
import { parseJunitReport } from './junit-report.ts';
import { parseMochaReport } from './mocha-report.ts';

describe('reports', () => {
  it('of jest name a file that does not load', () => {
    const text = JSON.stringify({
      testResults: [
        { name: '/w/a.test.js', status: 'failed', message: 'SyntaxError', assertionResults: [] },
        {
          name: '/w/b.test.js',
          status: 'passed',
          assertionResults: [
            { ancestorTitles: ['x'], title: 'y', status: 'passed', duration: null },
            { title: 'z', status: 'todo' },
          ],
        },
      ],
    });
    expect(parseJestReport(text)).toEqual({
      tests: [
        { name: 'x › y', file: '/w/b.test.js', state: 'passed' },
        { name: 'z', file: '/w/b.test.js', state: 'skipped' },
      ],
      problems: ['/w/a.test.js: SyntaxError'],
    });
  });

  it('of mocha keep stacks', () => {
    const text = JSON.stringify({
      passes: [{ fullTitle: 'a b', file: '/w/a.js', duration: 3 }],
      failures: [{ fullTitle: 'a c', err: { message: 'no', stack: 'Error: no\n  at x' } }],
      pending: [{ fullTitle: 'a d' }],
    });
    expect(parseMochaReport(text).tests).toEqual([
      { name: 'a b', file: '/w/a.js', state: 'passed', durationMs: 3 },
      { name: 'a c', state: 'failed', message: 'Error: no\n  at x' },
      { name: 'a d', state: 'skipped' },
    ]);
  });

  it('of go carry the output of what failed, and what is no event is a problem', () => {
    const events = [
      { Action: 'run', Package: 'm', Test: 'TestA' },
      { Action: 'output', Package: 'm', Test: 'TestA', Output: 'boom\n' },
      { Action: 'fail', Package: 'm', Test: 'TestA', Elapsed: 0.5 },
      { Action: 'pass', Package: 'm', Test: 'TestB/sub', Elapsed: 0 },
      { Action: 'fail', Package: 'm', Elapsed: 1 },
    ];
    expect(parseGoReport(`${events.map((event) => JSON.stringify(event)).join('\n')}\nx.go:1: syntax error\n`)).toEqual(
      {
        tests: [
          { name: 'm › TestA', state: 'failed', durationMs: 500, message: 'boom' },
          { name: 'm › TestB/sub', state: 'passed', durationMs: 0 },
        ],
        problems: ['x.go:1: syntax error'],
      },
    );
  });

  it('of cargo name the target', () => {
    const text =
      '     Running unittests src/lib.rs (target/x)\nrunning 2 tests\ntest a::b ... ok\ntest c ... FAILED\n\nfailures:\n\n---- c stdout ----\nit broke\n\nfailures:\n    c\n\ntest result: FAILED.';
    expect(parseCargoReport(text).tests).toEqual([
      { name: 'src/lib.rs › a::b', state: 'passed' },
      { name: 'src/lib.rs › c', state: 'failed', message: 'it broke' },
    ]);
  });

  it('of JUnit are read with entities, CDATA and angle brackets in attributes', () => {
    const text = `<?xml version="1.0"?><!-- <testcase name="no"/> --><testsuites><testsuite name="s &amp; t">
      <testcase name="a > b" time="0.25" file="x.py"/><testcase name="c"><failure message="m"><![CDATA[<raw> &amp;]]></failure></testcase>
      </testsuite><testcase name="d"><skipped/></testcase></testsuites>`;
    expect(parseJunitReport(text, 'suites').tests).toEqual([
      { name: 's & t › a > b', file: 'x.py', state: 'passed', durationMs: 250 },
      { name: 's & t › c', state: 'failed', message: 'm\n<raw> &amp;' },
      { name: 'd', state: 'skipped' },
    ]);
  });

  it('of coverage count lines, branches and functions', () => {
    expect(parseLcov('TN:\nSF:a.js\nFNF:2\nFNH:1\nLF:10\nLH:7\nBRF:4\nBRH:2\nend_of_record\n')).toEqual([
      {
        file: 'a.js',
        lines: { covered: 7, total: 10 },
        branches: { covered: 2, total: 4 },
        functions: { covered: 1, total: 2 },
      },
    ]);
    const istanbul = {
      'a.js': {
        path: 'a.js',
        statementMap: { 0: { start: { line: 1 } }, 1: { start: { line: 1 } }, 2: { start: { line: 2 } } },
        s: { 0: 0, 1: 3, 2: 0 },
        b: { 0: [1, 0] },
        f: { 0: 1 },
      },
    };
    expect(parseIstanbul(JSON.stringify(istanbul))).toEqual([
      {
        file: 'a.js',
        lines: { covered: 1, total: 2 },
        branches: { covered: 1, total: 2 },
        functions: { covered: 1, total: 1 },
      },
    ]);
  });
});
