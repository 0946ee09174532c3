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
    const text = JSON.stringify([
      { titles: ['a', 'b'], file: '/w/a.js', state: 'passed', durationMs: 3 },
      { titles: ['a', 'c'], state: 'failed', message: 'Error: no\n  at x' },
      { titles: ['a', 'd'], state: 'skipped' },
    ]);
    expect(parseMochaReport(text).tests).toEqual([
      { name: 'a › b', file: '/w/a.js', state: 'passed', durationMs: 3 },
      { name: 'a › c', state: 'failed', message: 'Error: no\n  at x' },
      { name: 'a › d', state: 'skipped' },
    ]);
  });

  const goEvents = (...events: object[]): string => `${events.map((event) => JSON.stringify(event)).join('\n')}\n`;

  it('of go carry the output of what failed, and what is no event is a problem', () => {
    const stdout = goEvents(
      { Action: 'start', Package: 'm' },
      { Action: 'run', Package: 'm', Test: 'TestA' },
      { Action: 'output', Package: 'm', Test: 'TestA', Output: 'boom\n' },
      { Action: 'fail', Package: 'm', Test: 'TestA', Elapsed: 0.5 },
      { Action: 'pass', Package: 'm', Test: 'TestB/sub', Elapsed: 0 },
      { Action: 'fail', Package: 'm', Elapsed: 1 },
    );
    const stderr = 'go: downloading x v1.0.0\n# m\ny.go:2: undefined: z\n';
    expect(parseGoReport({ stdout: `${stdout}x.go:1: syntax error\n`, stderr })).toEqual({
      tests: [
        { name: 'm › TestA', state: 'failed', durationMs: 500, message: 'boom' },
        { name: 'm › TestB/sub', state: 'passed', durationMs: 0 },
      ],
      problems: ['x.go:1: syntax error', 'y.go:2: undefined: z'],
    });
  });

  it('of go from 1.24 on carry what the compiler said as events', () => {
    const stdout = goEvents(
      { ImportPath: 'm [m.test]', Action: 'build-output', Output: '# m [m.test]\n' },
      { ImportPath: 'm [m.test]', Action: 'build-output', Output: './m_test.go:3:13: undefined: x\n' },
      { ImportPath: 'm [m.test]', Action: 'build-fail' },
      { Action: 'start', Package: 'm' },
      { Action: 'output', Package: 'm', Output: 'FAIL\tm [build failed]\n' },
      { Action: 'fail', Package: 'm', Elapsed: 0, FailedBuild: 'm [m.test]' },
    );
    expect(parseGoReport({ stdout, stderr: '' })).toEqual({
      tests: [],
      problems: ['./m_test.go:3:13: undefined: x', 'm: FAIL\tm [build failed]'],
    });
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
