import { expect, test } from 'vitest';
import { Fault } from '../../schema/fault.ts';
import { runLine, writer } from './testing/run-line.ts';

const failing = (fault: Fault) => ({ session: { list: () => Promise.reject(fault) } });

test.each([
  ['internal', 1],
  ['not_found', 1],
  ['invalid_input', 2],
  ['denied', 3],
  ['needs_review', 4],
  ['engine_unavailable', 5],
  ['engine_forbidden', 5],
  ['image_missing', 5],
  ['cancelled', 130],
])('a failure with the code %s ends with %i, in three lines and in one document', async (code, exitCode) => {
  const parts = failing(new Fault(code, 'Cannot list: the shelf "a: b" is empty'));
  const told = await runLine(['session', 'list'], parts);
  expect({ exitCode: told.exitCode, stdout: told.stdout }).toEqual({ exitCode, stdout: '' });
  expect(told.stderr.split('\n')).toEqual([
    'error: Cannot list: the shelf "a: b" is empty',
    '  why: the shelf "a: b" is empty',
    expect.stringMatching(/^ {2}fix: \S/),
    '',
  ]);
  const { stdout } = await runLine(['session', 'list', '--json'], parts);
  expect(JSON.parse(stdout)).toEqual({ error: { code, message: 'Cannot list: the shelf "a: b" is empty' } });
});

test('a refusal carries the policy’s decision beside the error', async () => {
  const decision = { decision: 'deny', rule: 'frozen' };
  const fault = new Fault('denied', 'Cannot list: the policy denies it', { data: { decision } });
  const { stdout, exitCode } = await runLine(['session', 'list', '--json'], failing(fault));
  expect({ exitCode, document: JSON.parse(stdout) as unknown }).toEqual({
    exitCode: 3,
    document: { error: { code: 'denied', message: fault.message }, decision },
  });
});

test('an interrupted command ends with 130', async () => {
  const { exitCode, stderr } = await runLine(['session', 'list'], failing(new Fault('internal', 'x')), {
    signal: AbortSignal.abort(),
  });
  expect({ exitCode, first: stderr.split('\n')[0] }).toEqual({ exitCode: 130, first: 'error: Interrupted' });
});

test.each([
  [['sesion', 'list'], 'there is no such command'],
  [['session'], 'it goes on with one of list, show, open, stop, resume, rm'],
  [['session', 'show'], 'an argument is missing'],
  [['session', 'list', 'all'], 'there are too many arguments'],
  [['session', 'list', '--al'], '--al'],
  [['shell', '--json'], 'it prints no document'],
])('%j is refused as usage', async (argv, why) => {
  const { exitCode, stdout, stderr } = await runLine(argv);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(why);
  expect(stderr.split('\n')).toHaveLength(4);
  expect(stdout === '' || argv.includes('--json')).toBe(true);
});

test('help is of the program, of a group or of one command, in front and behind', async () => {
  const shown = async (...argv: string[]) => (await runLine(argv)).stdout;
  expect(await shown()).toContain('session list');
  expect(await shown('help')).toBe(await shown());
  expect(await shown('session', '--help')).toContain('session resume');
  expect(await shown('session', '--help')).not.toContain('tool call');
  const run = await shown('run', '--help');
  expect(run).toContain('--profile PROFILE');
  expect(run).toContain('--json prints { session, exitCode');
  expect(await shown('help', 'run')).toBe(run);
  expect(await shown()).not.toContain('complete --');
});

test('colours are for a terminal only, and for whoever has not refused them', async () => {
  const told = async (isTTY: true | undefined, env: Record<string, string>) => {
    const stderr = writer(isTTY);
    await runLine(['session', 'list'], failing(new Fault('internal', 'Cannot list: no')), {
      stderr: stderr.stream,
      env,
    });
    return stderr.text().includes('\u001b');
  };
  expect(await told(true, {})).toBe(true);
  expect(await told(undefined, {})).toBe(false);
  expect(await told(true, { NO_COLOR: '1' })).toBe(false);
  expect(await told(true, { NO_COLOR: '' })).toBe(true);
  expect(await told(true, { TERM: 'dumb' })).toBe(false);
});
