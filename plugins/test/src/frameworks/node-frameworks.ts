import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Framework } from '../framework.ts';
import { parseJestReport } from '../reports/jest-report.ts';
import { parseJunitReport } from '../reports/junit-report.ts';

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

/** Jest takes paths for regular expressions, but for those of files after a switch. */
function jestPaths(folder: string, paths: readonly string[]): string[] {
  if (paths.length > 0 && paths.every((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile())) {
    return ['--runTestsByPath', ...paths];
  }
  return paths.map((path) => path.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
}

export const jest: Framework = {
  name: 'jest',
  prepare({ command, folder }, wanted, reports) {
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
        ...jestPaths(folder, wanted.paths),
      ],
      report: () => parseJestReport(readFileSync(file, 'utf8')),
      // With --json its standard output is the report; what people read goes to standard error.
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
