import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Framework } from '../framework.ts';
import { parseCargoReport } from '../reports/cargo-report.ts';
import { parseGoReport } from '../reports/go-report.ts';
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

/** The text of the events, as `go test` prints it without -json. */
function goOutput(stdout: string): string {
  return stdout
    .split('\n')
    .map((line) => {
      if (!line.startsWith('{')) return line === '' ? '' : `${line}\n`;
      try {
        const event: { Output?: string } = JSON.parse(line);
        return event.Output ?? '';
      } catch {
        return `${line}\n`;
      }
    })
    .join('');
}

export const go: Framework = {
  name: 'go',
  prepare({ command }, wanted, reports) {
    const packages = wanted.paths.length === 0 ? ['./...'] : wanted.paths.map((path) => `./${path}`);
    return {
      argv: [
        ...command,
        'test',
        '-json',
        ...(wanted.filter === undefined ? [] : ['-run', wanted.filter]),
        ...(wanted.coverage === 'yes' ? [`-coverprofile=${join(reports, 'cover.out')}`] : []),
        ...wanted.args,
        ...packages,
      ],
      env: { GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' },
      report: ({ stdout }) => parseGoReport(stdout),
      shown: goOutput,
    };
  },
};

export const cargo: Framework = {
  name: 'cargo',
  prepare({ command }, wanted) {
    return {
      argv: [
        ...command,
        'test',
        '--no-fail-fast',
        '--offline',
        '--color=never',
        ...wanted.args,
        ...(wanted.filter === undefined ? [] : [wanted.filter]),
      ],
      report: ({ stdout, stderr }) => parseCargoReport(interleaved(stderr, stdout)),
    };
  },
};

/** Cargo announces each target on standard error and the target prints its tests on standard output, so the two are told apart in order. */
function interleaved(stderr: string, stdout: string): string {
  const targets = stderr.split('\n').filter((line) => /^\s+(Running|Doc-tests) /.test(line));
  const others = stderr.split('\n').filter((line) => !/^\s+(Running|Doc-tests) /.test(line));
  const runs = stdout.split(/^(?=running \d+ tests?$)/m).filter((part) => part.includes('running '));
  return [...others, ...runs.flatMap((run, index) => [targets[index] ?? '', run])].join('\n');
}

/** The project's own test script: its exit code is all that is known. */
export const script: Framework = {
  name: 'script',
  prepare: ({ command }, wanted) => ({
    argv: [
      ...command,
      ...(wanted.args.length + wanted.paths.length === 0 ? [] : ['--', ...wanted.args, ...wanted.paths]),
    ],
    report: () => NO_REPORT,
  }),
};
