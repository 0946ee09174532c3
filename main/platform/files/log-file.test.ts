import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRedactor } from '../../kernel/policy/redactor.ts';
import { fileLogger, streamLogger } from './log-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const written = (): string => readFileSync(join(folder, 'kernel.log'), 'utf8');

test('a log without a policy keeps out the kinds that everybody knows', () => {
  fileLogger(folder).warn(`failed with ghp_${'a1B2'.repeat(9)}`, { token: `glpat-${'x'.repeat(20)}` });
  expect(written()).toMatch(/"failed with \[redacted:github]".*"token":"\[redacted:gitlab]"/);
});

test('a log keeps out every kind that the policy in force knows, wherever it stands', () => {
  const logger = fileLogger(folder);
  let redactor = createRedactor();
  logger.redactBy((text) => redactor.redact(text));
  redactor = createRedactor([{ name: 'ticket', pattern: 'TCK-[0-9]{6}' }]);
  logger.with({ of: 'TCK-100001' }).error('see\nTCK-100002', {
    deep: [{ url: 'x?q=%20TCK-100003' }],
    cause: new Error('on TCK-100004', { cause: 'TCK-100005' }),
  });
  expect(written()).not.toMatch(/TCK-\d/);
  expect(written().match(/\[redacted:ticket]/g)?.length).toBeGreaterThanOrEqual(5);
});

test('a log that is full is kept under the next number, and of full ones only as many as were asked for', () => {
  const logger = fileLogger(folder, { limitBytes: 400, count: 2 });
  for (let number = 0; number < 40; number += 1) logger.info(`line ${number}`);
  expect(readdirSync(folder).sort()).toEqual(['kernel.1.log', 'kernel.2.log', 'kernel.log']);
  const lines = ['kernel.2.log', 'kernel.1.log', 'kernel.log'].flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(400);
    return [...text.matchAll(/"line (\d+)"/g)].map(([, number]) => Number(number));
  });
  // What is left is the end, without a gap.
  expect(lines).toEqual(Array.from(lines, (_, index) => 40 - lines.length + index));
});

test('a log goes on where the last process ended, also into the next file', () => {
  fileLogger(folder, { limitBytes: 150, count: 1 }).info('a'.repeat(60));
  fileLogger(folder, { limitBytes: 150, count: 1 }).info('b'.repeat(60));
  expect(readFileSync(join(folder, 'kernel.1.log'), 'utf8')).toContain('aaa');
  expect(written()).toContain('bbb');
});

test('the journal is told how grave a line is, and nobody else', () => {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) > 0 };
  streamLogger(stream, { JOURNAL_STREAM: '8:1' }).error('bad');
  streamLogger(stream, {}).error('bad');
  expect(lines.map((line) => line.slice(0, 4))).toEqual(['<3>{', '{"at']);
});
