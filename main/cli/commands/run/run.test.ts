import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Fault } from '../../../../schema/fault.ts';
import { type Parts, runLine } from '../../testing/run-line.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const stopped: string[] = [];

/** A kernel whose sandbox prints a line on each stream, ends with 3 and has added a file. */
function kernel(parts: Parts = {}): Parts {
  return {
    session: {
      create: async () => ({ id: 'k3v9xw2m5a' }) as never,
      stop: async ({ session }) => {
        stopped.push(session);
        return {} as never;
      },
    },
    changes: { list: async () => ({ changes: [{ path: 'a.txt', kind: 'added' }] }) as never },
    sandbox: {
      async *exec() {
        yield { type: 'output', stream: 'stdout', base64: base64('out\n::set-output name=a::b\n') } as never;
        yield { type: 'output', stream: 'stderr', base64: base64('err\n') } as never;
        yield { type: 'exit', exitCode: 3, timedOut: false, exceeded: [], durationMs: 5 } as never;
      },
    },
    ...parts,
  };
}

test('run shows what comes as it comes, passes the exit code through and then says what changed', async () => {
  const { exitCode, stdout, stderr } = await runLine(['run', folder, '--', 'x'], kernel());
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: 'out\n::set-output name=a::b\n' });
  expect(stderr).toBe(
    'err\nsession k3v9xw2m5a: 1 added\n  review: cavern changes list k3v9xw2m5a\n  merge:  cavern changes merge k3v9xw2m5a\n',
  );
  expect(stopped.splice(0)).toEqual(['k3v9xw2m5a']);
});

test('run --json prints one document with what was printed, and nothing else', async () => {
  const { stdout, stderr } = await runLine(['run', '--json', '--keep', '--', 'x'], kernel());
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    session: 'k3v9xw2m5a',
    exitCode: 3,
    timedOut: false,
    exceeded: [],
    durationMs: 5,
    stdout: 'out\n::set-output name=a::b\n',
    stderr: 'err\n',
    changes: { added: ['a.txt'], modified: [], deleted: [], renamed: [] },
  });
  expect(stopped.splice(0)).toEqual([]);
});

test('Cavern’s own failure carries error in the document, and the reports have it too', async () => {
  const failing = kernel({
    sandbox: {
      async *exec() {
        yield await Promise.reject<never>(new Fault('engine_unavailable', 'Cannot run: the engine is gone'));
      },
    },
  });
  const file = join(folder, 'report.xml');
  const { exitCode, stdout } = await runLine(['run', '--json', '--junit', file, '--', 'x'], failing);
  expect(exitCode).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({ session: 'k3v9xw2m5a', error: { code: 'engine_unavailable' } });
  expect(readFileSync(file, 'utf8')).toContain('<failure message="Cannot run: the engine is gone"/>');
});

test('a workflow of GitHub gets a summary and annotations, and a sandbox cannot give it commands', async () => {
  const GITHUB_STEP_SUMMARY = join(folder, 'summary.md');
  const line = ['run', '--github', '--', 'x'];
  const { stdout, stderr } = await runLine(line, kernel(), { env: { GITHUB_STEP_SUMMARY } });
  const [, token = ''] = /^::stop-commands::([0-9a-f]{32})\n/.exec(stdout) ?? [];
  expect(stdout).toBe(
    `::stop-commands::${token}\nout\n::set-output name=a::b\nerr\n\n::${token}::\n::error title=cavern run::x: ended with exit code 3\n`,
  );
  expect(stderr).not.toContain('err\n');
  expect(readFileSync(GITHUB_STEP_SUMMARY, 'utf8')).toContain('## ❌ cavern run: ended with exit code 3');
});

test('reports that cannot be written or do not fit the line are refused before anything runs', async () => {
  const none: Parts = {};
  for (const line of [
    ['--github', '--', 'x'],
    ['--tests', '--', 'x'],
    ['--tests', '--stdin'],
    ['--timeout', '0', '--', 'x'],
    [],
  ]) {
    expect((await runLine(['run', ...line], none)).exitCode).toBe(2);
  }
});

test('run --tests takes the results of the test tool', async () => {
  const result = {
    framework: 'node',
    totals: { passed: 1, failed: 1, skipped: 0 },
    tests: [{ name: 'sum', state: 'failed', message: 'no' }],
    problems: [],
    ok: false,
    exitCode: 1,
    timedOut: false,
    command: ['node', '--test'],
  };
  const tool: Parts['tool'] = {
    async *call({ name }) {
      yield { type: 'output', text: `${name}\n` };
      yield { type: 'result', result, decision: {} as never, durationMs: 7, overheadMs: 1 };
    },
  };
  const { exitCode, stdout, stderr } = await runLine(['run', '--tests'], kernel({ tool }));
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'test.run\n' });
  expect(stderr).toContain('  ✗ sum\ntests: 1 passed, 1 failed, 0 skipped\n');
  const document = JSON.parse((await runLine(['run', '--tests', '--json'], kernel({ tool }))).stdout) as object;
  expect(document).toMatchObject({ tests: { framework: 'node', totals: { failed: 1 } } });
});
