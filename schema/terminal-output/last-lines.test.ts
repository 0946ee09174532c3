import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastLines } from './last-lines.ts';

const encode = (text: string): Buffer => Buffer.from(text);

/** The pieces that a text is cut into. */
function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...cuts.map((at) => at % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const shortened = (text: string, lines: number, cuts: readonly number[] = []): string | undefined => {
  const kept = lastLines(cut(encode(text), cuts), lines);
  return kept && Buffer.concat(kept).toString();
};

test('the colours that are in force at the cut are kept', () => {
  const text = '\x1b[31mred\x1b[0m\r\n\x1b[1mbold\r\n\x1b[4mone\r\ntwo\r\n';
  expect([shortened(text, 2), shortened(text, 9)]).toEqual(['\x1b[0m\x1b[1m\x1b[4mone\r\ntwo\r\n', undefined]);
});

test('of colours that come again and again, and are never taken back as a whole, each is kept once', () => {
  const line = '\x1b[32mok\x1b[39m \x1b[1mfine\x1b[22m\r\n';
  expect(shortened(line.repeat(1000), 1)).toBe(`\x1b[32m\x1b[39m\x1b[1m\x1b[22m${line}`);
});

test('the same lines are kept, however the output is cut', () => {
  const texts = fc
    .array(fc.constantFrom('text', 'größer', '\t', '\r\n', '\n', '\r', '\x1b[m', '\x1b[0;31m', '\x1b[38:2::1:2:3m'))
    .map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(texts, fc.nat({ max: 5 }), fc.array(fc.nat()), (text, lines, cuts) => {
      expect(shortened(text, lines, cuts)).toBe(shortened(text, lines));
    }),
  );
});
