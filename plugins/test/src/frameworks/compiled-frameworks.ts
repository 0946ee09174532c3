import { join } from 'node:path';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import type { Framework } from '../framework.ts';
import { parseCargoReport } from '../reports/cargo-report.ts';
import { parseGoReport } from '../reports/go-report.ts';

/** Where there is no network, neither tool waits for one: what a project needs is in its caches, or that is the answer. */
function isOffline(): boolean {
  return process.env['HTTP_PROXY'] === undefined;
}

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

/** Go tests packages, which are folders. */
function goPackage(path: string): string {
  return path.endsWith('.go') ? `./${join(path, '..')}` : `./${path}`;
}

export const go: Framework = {
  name: 'go',
  prepare({ command }, wanted, reports) {
    const packages = wanted.paths.length === 0 ? ['./...'] : wanted.paths.map(goPackage);
    return {
      argv: [
        ...command,
        'test',
        '-json',
        ...(wanted.filter === undefined ? [] : ['-run', wanted.filter]),
        ...(wanted.coverage === 'yes' ? [`-coverprofile=${join(reports, 'cover.out')}`] : []),
        ...wanted.args,
        ...new Set(packages),
      ],
      env: { GOTOOLCHAIN: 'local', ...(isOffline() ? { GOPROXY: 'off' } : {}) },
      report: parseGoReport,
      shown: goOutput,
    };
  },
};

/** Cargo tests targets: a file in `tests` is one, any other is part of the library or a program. */
function cargoTarget(path: string): string[] {
  const name = /^(?:.*\/)?tests\/([^/]+)(?:\.rs|\/main\.rs)$/.exec(path)?.[1];
  if (name !== undefined) return ['--test', name];
  throw new ToolError(
    'unsupported',
    `Cannot test "${path}" alone: Cargo runs whole targets; give a file tests/NAME.rs, use filter, or the folder as project`,
  );
}

export const cargo: Framework = {
  name: 'cargo',
  prepare({ command }, wanted) {
    return {
      argv: [
        ...command,
        'test',
        '--no-fail-fast',
        ...(isOffline() ? ['--offline'] : []),
        '--color=never',
        ...wanted.paths.flatMap(cargoTarget),
        ...(wanted.filter === undefined ? [] : [wanted.filter]),
        ...wanted.args,
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
