import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFile, encodeText, encodingOf } from './text-codec.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((each) => !each.includes('\0') && each.isWellFormed());

test('a text in UTF-8 is known by any beginning of it, cut within a character or not', () => {
  fc.assert(
    fc.property(text, fc.nat(), (whole, at) => {
      const bytes = Buffer.from(`a${whole}`);
      // A beginning that is a byte order mark of UTF-16 cannot come about: the first byte is an a.
      expect(encodingOf(bytes.subarray(0, 1 + (at % bytes.byteLength)))).toBe('utf-8');
    }),
  );
});

test('a file whose bytes are UTF-8 is read as a strict decoder reads it and written with the same bytes', () => {
  fc.assert(
    fc.property(text, (whole) => {
      const bytes = Buffer.from(`\ufeffa${whole}`);
      const file = decodeFile(bytes);
      expect(file?.text).toBe(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
      expect(file && encodeText(file).equals(bytes)).toBe(true);
    }),
  );
});

test('a file that is not UTF-8 is read as Latin-1', () => {
  expect(decodeFile(Buffer.from([0x61, 0xe9, 0x62]))).toEqual({ text: 'aéb', encoding: 'latin1' });
  expect(decodeFile(Buffer.from([0x61, 0xe9]))).toEqual({ text: 'aé', encoding: 'latin1' });
});
