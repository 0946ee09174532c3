import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRedactor } from '../../kernel/policy/redactor.ts';
import { fileLogger } from './log-file.ts';

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
