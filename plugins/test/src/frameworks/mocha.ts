import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Framework, Project, Wanted } from '../framework.ts';
import { nodeBinary } from '../node-binary.ts';
import { parseMochaReport } from '../reports/mocha-report.ts';

/** Mocha has one reporter at a time, and older ones write their JSON nowhere but between what the tests print; this one shows and keeps. */
const REPORTER = `'use strict';
const { writeFileSync } = require('node:fs');
const mocha = require(require.resolve('mocha', { paths: [process.cwd()] }));

module.exports = class extends (mocha.reporters ?? mocha.default.reporters).Spec {
  constructor(runner, options) {
    super(runner, options);
    const tests = [];
    const keep = (state) => (test, error) => {
      const titles = typeof test.titlePath === 'function' ? test.titlePath() : [test.fullTitle()];
      const message = error && (error.stack || error.message || String(error));
      tests.push({ titles, file: test.file, state, durationMs: test.duration, message });
    };
    runner.on('pass', keep('passed'));
    runner.on('fail', keep('failed'));
    runner.on('pending', keep('skipped'));
    runner.once('end', () => writeFileSync(process.env.CAVERN_MOCHA_REPORT, JSON.stringify(tests)));
  }
};
`;

/** Mocha knows nothing of coverage: what does starts it. */
function withCoverage({ command, folder, workspace }: Project, reports: string): readonly string[] {
  const into = join(reports, 'coverage');
  const c8 = nodeBinary('c8', folder, workspace);
  if (c8 !== undefined) {
    return [c8, '--reporter=lcov', `--reports-dir=${into}`, `--temp-directory=${join(reports, 'v8')}`, ...command];
  }
  const nyc = nodeBinary('nyc', folder, workspace);
  if (nyc === undefined) return command;
  return [nyc, '--reporter=lcov', `--report-dir=${into}`, `--temp-dir=${join(reports, 'nyc')}`, ...command];
}

function argumentsOf({ filter, args, paths }: Wanted, reporter: string): string[] {
  return [`--reporter=${reporter}`, ...(filter === undefined ? [] : [`--grep=${filter}`]), ...args, ...paths];
}

export const mocha: Framework = {
  name: 'mocha',
  prepare(project, wanted, reports) {
    const file = join(reports, 'results.json');
    const reporter = join(reports, 'reporter.cjs');
    writeFileSync(reporter, REPORTER);
    const command = wanted.coverage === 'yes' ? withCoverage(project, reports) : project.command;
    return {
      argv: [...command, ...argumentsOf(wanted, reporter)],
      env: { CAVERN_MOCHA_REPORT: file },
      report: () => parseMochaReport(readFileSync(file, 'utf8')),
    };
  },
};
