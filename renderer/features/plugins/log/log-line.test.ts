import { expect, test } from 'vitest';
import { readLine } from './log-line.ts';

test('a line of the SDK is taken apart, and any other is shown as it is', () => {
  const lines = [
    '{"level":"warn","message":"slow","path":"a.ts"}',
    '{"level":"info","message":"done"}',
    '{"a":1}',
    '{',
    'hi',
  ];
  expect(lines.map((text) => readLine({ text }))).toEqual([
    { level: 'warn', text: 'slow', fields: '{"path":"a.ts"}' },
    { level: 'info', text: 'done', fields: '' },
    { level: undefined, text: '{"a":1}', fields: '' },
    { level: undefined, text: '{', fields: '' },
    { level: undefined, text: 'hi', fields: '' },
  ]);
});
