import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactorWith } from './known-secrets.ts';
import { propertyRuns } from './property-runs.ts';
import { createRedactor } from './redactor.ts';

const known = [
  { name: 'token', value: 'hunter2-hunter2' },
  { name: 'longer', value: 'hunter2-hunter2-and-more' },
  { name: 'odd', value: 'p"ä\n+/ss wörd$1' },
];
const redactor = redactorWith(known, createRedactor());

describe('a secret whose text is known', () => {
  test.each([
    ['as it is', 'x=hunter2-hunter2;', 'x=[redacted:token];'],
    ['where another one begins with it', 'hunter2-hunter2-and-more', '[redacted:longer]'],
    ['in JSON', JSON.stringify({ a: 'p"ä\n+/ss wörd$1' }), '{"a":"[redacted:odd]"}'],
    ['in an address', `?q=${encodeURIComponent('p"ä\n+/ss wörd$1')}`, '?q=[redacted:odd]'],
    ['in base64', Buffer.from('hunter2-hunter2').toString('base64'), '[redacted:token]'],
    ['beside a secret of a known kind', `hunter2-hunter2 sk-${'a1B2'.repeat(6)}`, '[redacted:token] [redacted:sk]'],
  ])('is redacted %s', (_where, text, redacted) => {
    expect(redactor.redact(text)).toBe(redacted);
  });

  test('is redacted in values and in the names of members', () => {
    expect(redactor.redactValue({ 'hunter2-hunter2': ['a hunter2-hunter2', 1, null] })).toEqual({
      '[redacted:token]': ['a [redacted:token]', 1, null],
    });
  });

  test('is redacted in bytes that are read one character each', () => {
    const bytes = Buffer.from('> p"ä\n+/ss wörd$1 <').toString('latin1');
    expect(redactor.redact(bytes)).toBe('> [redacted:odd] <');
  });

  test('is found wherever output is cut into pieces', () => {
    const part = fc.oneof(
      fc.constantFrom(...known.map(({ value }) => value), 'hunter2-', 'hunter', '-and-', 'p"', ' ', '\n'),
      fc.string({ maxLength: 4 }),
    );
    const texts = fc.array(part, { maxLength: 10 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, fc.array(fc.nat(30), { maxLength: 12 }), (text, sizes) => {
        const stream = redactor.stream();
        let [pieces, at] = ['', 0];
        for (const size of sizes) {
          pieces += stream.push(text.slice(at, at + size));
          at += size;
        }
        pieces += stream.push(text.slice(at)) + stream.end();
        expect(pieces).toBe(redactor.redact(text));
      }),
      propertyRuns(1000),
    );
  });

  test('costs nothing where there is none', () => {
    const plain = createRedactor();
    expect(redactorWith([], plain)).toBe(plain);
  });
});
