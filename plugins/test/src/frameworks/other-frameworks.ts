import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import type { Framework } from '../framework.ts';
import { parseJunitReport } from '../reports/junit-report.ts';
import { NO_REPORT } from '../test-result.ts';

export const pytest: Framework = {
  name: 'pytest',
  prepare({ command }, wanted, reports) {
    const file = join(reports, 'results.xml');
    return {
      argv: [
        ...command,
        `--junitxml=${file}`,
        '-o',
        'junit_family=xunit1',
        '-p',
        'no:cacheprovider',
        ...(wanted.filter === undefined ? [] : ['-k', wanted.filter]),
        ...(wanted.coverage === 'yes' ? ['--cov', `--cov-report=lcov:${join(reports, 'lcov.info')}`] : []),
        ...wanted.args,
        ...wanted.paths,
      ],
      env: { PYTHONDONTWRITEBYTECODE: '1' },
      report: () => parseJunitReport(readFileSync(file, 'utf8'), 'classes'),
    };
  },
};

/** The project's own test script: its exit code is all that is known. */
export const script: Framework = {
  name: 'script',
  prepare({ command }, { filter, args, paths }) {
    if (filter !== undefined) {
      throw new ToolError(
        'unsupported',
        `Cannot filter what ${command.join(' ')} runs: only the script knows how its tests are named; say it with args`,
      );
    }
    const words = [...args, ...paths];
    // The others hand the two dashes on to the script.
    const dashes = words.length > 0 && command[0] === 'npm' ? ['--'] : [];
    return { argv: [...command, ...dashes, ...words], report: () => NO_REPORT };
  },
};
