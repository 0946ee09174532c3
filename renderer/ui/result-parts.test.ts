import { expect, test } from 'vitest';
import { resultParts } from './result-parts.ts';

test('a text is shown as text', () => {
  expect(resultParts('hello')).toEqual({ texts: [{ name: '', text: 'hello' }], rest: undefined });
});

test('fields with several lines are taken out of the JSON', () => {
  expect(resultParts({ content: 'a\nb', bytes: 3, name: 'x' })).toEqual({
    texts: [{ name: 'content', text: 'a\nb' }],
    rest: { bytes: 3, name: 'x' },
  });
});

test('anything else is JSON', () => {
  expect(resultParts([1, 2])).toEqual({ texts: [], rest: [1, 2] });
});
