import { EditorState } from '@codemirror/state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineBreakOf, splitAt } from './line-breaks.ts';

test('a file passes the editor with every byte it had', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', '\t', '\ufeff'), maxLength: 40 });
  fc.assert(
    fc.property(text, (each) => {
      const extensions = splitAt(lineBreakOf(each, each));
      expect(EditorState.create({ doc: each, extensions }).sliceDoc()).toBe(each);
    }),
  );
});

test('lines are split at carriage returns only where every line of both sides ends so', () => {
  expect([
    lineBreakOf('a\r\nb\r\n', 'a\r\n'),
    lineBreakOf('a\r\nb\n', 'a\r\n'),
    lineBreakOf('a\n', 'a\r\n'),
    lineBreakOf('', 'a\r\n'),
    lineBreakOf('', 'a'),
  ]).toEqual(['\r\n', '\n', '\n', '\r\n', '\n']);
});
