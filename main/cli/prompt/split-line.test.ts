import { expect, test } from 'vitest';
import { splitAtCursor, splitLine } from './split-line.ts';

test.each([
  ['a  b\tc', ['a', 'b', 'c']],
  [`tool call x '{"a": "b c"}'`, ['tool', 'call', 'x', '{"a": "b c"}']],
  [`"a \\"b\\" \\n" c''`, ['a "b" \\n', 'c']],
  [`a\\ b $HOME *`, ['a b', '$HOME', '*']],
  [`'' ""`, ['', '']],
])('%s is read as words', (line, words) => {
  expect(splitLine(line)).toEqual(words);
});

test('a quote that is not closed is refused', () => {
  expect(() => splitLine('run -- "a b')).toThrow('a quote " is not closed');
});

test('the word at the cursor is told from those before it', () => {
  expect(splitAtCursor('session sh')).toEqual({ before: ['session'], current: 'sh' });
  expect(splitAtCursor('session ')).toEqual({ before: ['session'], current: '' });
  expect(splitAtCursor('a "b c')).toEqual({ before: ['a'], current: 'b c' });
});
