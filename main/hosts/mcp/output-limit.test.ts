import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LimitedText, limitedValue } from './output-limit.ts';

function textOf(pieces: readonly string[], limitBytes: number): LimitedText {
  const text = new LimitedText(limitBytes);
  for (const piece of pieces) text.push(Buffer.from(piece));
  return text;
}

describe('the text that a command printed', () => {
  it('is whole where it fits, in whatever pieces it came', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20 }), { maxLength: 20 }), (pieces) => {
        const whole = pieces.join('');
        expect(textOf(pieces, Buffer.byteLength(whole) * 2 + 8)).toMatchObject({ text: whole, leftOutBytes: 0 });
      }),
    );
  });

  it('keeps its beginning and its end, and says how much is missing between', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{0,30}$/), { maxLength: 40 }), (pieces) => {
        const whole = pieces.join('');
        const text = textOf(pieces, 40);
        const cut = `${whole.slice(0, 10)}\n[… ${whole.length - 40} bytes left out …]\n${whole.slice(-30)}`;
        const leftOutBytes = Math.max(0, whole.length - 40);
        expect({ text: text.text, leftOutBytes: text.leftOutBytes, bytes: text.bytes }).toEqual({
          text: leftOutBytes === 0 ? whole : cut,
          leftOutBytes,
          bytes: whole.length,
        });
      }),
    );
  });

  it('shows no half of a character', () => {
    expect(textOf(['ä'.repeat(100)], 41).text).not.toContain('\uFFFD');
  });
});

describe('a long answer', () => {
  it('is left alone where it fits', () => {
    const value = { lines: ['a', 'b'], count: 2 };
    expect(limitedValue(value, 1_000)).toEqual({ value, leftOut: undefined });
  });

  it('keeps its form, and each cut says how much is gone', () => {
    const { value, leftOut } = limitedValue({ path: 'a.txt', content: 'x'.repeat(50_000) }, 30_000);
    expect(value).toEqual({ path: 'a.txt', content: `${'x'.repeat(20_000)}[… 30000 characters left out …]` });
    expect(leftOut).toMatch(/^shortened: the whole answer has 50\d\d\d characters/);
  });

  it('loses entries of its lists last', () => {
    const { value } = limitedValue({ entries: Array.from({ length: 5_000 }, (_, at) => ({ at })) }, 10_000);
    expect(value).toEqual({ entries: Array.from({ length: 200 }, (_, at) => ({ at })) });
  });
});
