import fc from 'fast-check';
import { expect, test } from 'vitest';
import { characterStart, WholeCharacters } from './whole-characters.ts';

const bytes = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each)),
  // Beginnings and ends of characters, in every order.
  fc
    .array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc2, 0xe2, 0x82, 0xf0, 0x9f, 0xf4, 0xf5, 0xff), { maxLength: 40 })
    .map((each) => Buffer.from(each)),
);

test('pieces read one by one are what the whole is, however it was cut', () => {
  fc.assert(
    fc.property(bytes, fc.infiniteStream(fc.integer({ min: 1, max: 7 })), (all, cuts) => {
      const whole = new WholeCharacters();
      let read = '';
      let taken = 0;
      for (let at = 0; at < all.length; ) {
        const end = Math.min(all.length, at + cuts.next().value);
        const piece = whole.push(all.subarray(at, end));
        taken += piece.length;
        read += piece.toString('utf8');
        at = end;
      }
      // Less than a character is held back at the end.
      expect([read, all.length - taken < 4]).toEqual([all.subarray(0, taken).toString('utf8'), true]);
    }),
    { numRuns: 500 },
  );
});

test('nothing of a text is held back at its end', () => {
  const whole = new WholeCharacters();
  expect(whole.push(Buffer.from('grüße 漢字 😀')).toString()).toBe('grüße 漢字 😀');
});

test('a place inside of a character is moved to its beginning', () => {
  const text = Buffer.from('a😀b');
  expect([0, 1, 2, 3, 4, 5].map((at) => characterStart(text, at))).toEqual([0, 1, 1, 1, 1, 5]);
});
