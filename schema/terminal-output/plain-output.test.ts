import fc from 'fast-check';
import { test } from 'vitest';
import { PlainOutput } from './plain-output.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function isPlain(text: string, cuts: readonly number[] = []): boolean {
  const output = new PlainOutput();
  const bytes = encode(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return ends.every((end, at) => output.push(bytes.subarray(ends[at - 1] ?? 0, end)));
}

const PLAIN = ['text', 'größer', '漢字 🙂', '\t', '\r\n', '\x1b[m', '\x1b[0;31m', '\x1b[38:2::1:2:3m', '\u00a0', ''];
const NOT_PLAIN = [
  '\0',
  '\x07',
  '\b',
  '\x0b',
  '\x0c',
  '\x0e',
  '\x1a',
  '\x7f',
  '\u0085',
  '\u009b1m',
  '\x1bM',
  '\x1b]0;a\x07',
  '\x1b[2J',
  '\x1b[?25h',
  '\x1b[>4m',
  '\x1b[1;\n1m',
  `\x1b[${'1'.repeat(70)}m`,
];

test('text, ends of lines, tabs and colours are plain, however they are cut', () => {
  const texts = fc.array(fc.constantFrom(...PLAIN)).map((pieces) => pieces.join(''));
  fc.assert(fc.property(texts, fc.array(fc.nat()), (text, cuts) => isPlain(text, cuts)));
});

test('whatever else there is, it is seen, however it is cut', () => {
  const piece = fc.array(fc.constantFrom(...PLAIN)).map((pieces) => pieces.join(''));
  const outputs = fc.tuple(piece, fc.constantFrom(...NOT_PLAIN), piece, fc.array(fc.nat()));
  fc.assert(fc.property(outputs, ([before, other, after, cuts]) => !isPlain(before + other + after, cuts)));
});
