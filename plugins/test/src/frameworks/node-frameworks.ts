import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Framework } from '../framework.ts';
import { parseJestReport } from '../reports/jest-report.ts';
import { parseJunitReport } from '../reports/junit-report.ts';
import { parseMochaReport } from '../reports/mocha-report.ts';

export const vitest: Framework = {
  name: 'vitest',
  prepare({ command }, wanted, reports) {
    const file = join(reports, 'results.json');
    return {
      argv: [
        ...command,
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
        ...(wanted.filter === undefined ? [] : [`--testNamePattern=${wanted.filter}`]),
        ...(wanted.coverage === 'yes'
          ? [
              '--coverage.enabled',
              '--coverage.reporter=lcov',
              `--coverage.reportsDirectory=${join(reports, 'coverage')}`,
            ]
          : []),
        ...wanted.args,
        ...wanted.paths,
      ],
      report: () => parseJestReport(readFileSync(file, 'utf8')),
    };
  },
};

export const jest: Framework = {
  name: 'jest',
  prepare({ command }, wanted, reports) {
    const file = join(reports, 'results.json');
    return {
      argv: [
        ...command,
        '--json',
        `--outputFile=${file}`,
        ...(wanted.filter === undefined ? [] : [`--testNamePattern=${wanted.filter}`]),
        ...(wanted.coverage === 'yes'
          ? ['--coverage', '--coverageReporters=lcov', `--coverageDirectory=${join(reports, 'coverage')}`]
          : []),
        ...wanted.args,
        ...wanted.paths,
      ],
      report: () => parseJestReport(readFileSync(file, 'utf8')),
      // With --json its standard output is the report; what people read goes to standard error.
      shown: () => '',
    };
  },
};

export const mocha: Framework = {
  name: 'mocha',
  prepare({ command }, wanted, reports) {
    const file = join(reports, 'results.json');
    return {
      argv: [
        ...command,
        '--reporter=json',
        `--reporter-option=output=${file}`,
        ...(wanted.filter === undefined ? [] : [`--grep=${wanted.filter}`]),
        ...wanted.args,
        ...wanted.paths,
      ],
      report: () => parseMochaReport(readFileSync(file, 'utf8')),
      shown: () => '',
    };
  },
};

export const node: Framework = {
  name: 'node',
  prepare({ command }, wanted, reports) {
    const file = join(reports, 'results.xml');
    const lcov = join(reports, 'lcov.info');
    return {
      argv: [
        ...command,
        '--test',
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        '--test-reporter=junit',
        `--test-reporter-destination=${file}`,
        ...(wanted.coverage === 'yes'
          ? ['--experimental-test-coverage', '--test-reporter=lcov', `--test-reporter-destination=${lcov}`]
          : []),
        ...(wanted.filter === undefined ? [] : [`--test-name-pattern=${wanted.filter}`]),
        ...wanted.args,
        ...wanted.paths,
      ],
      // A test that runs tests of its own must not take this run for its parent.
      env: { NODE_TEST_CONTEXT: undefined },
      report: () => parseJunitReport(readFileSync(file, 'utf8'), 'suites'),
    };
  },
};
