import { expect, test } from 'vitest';
import { drawSixel } from './sixel.ts';

const LIMIT = 1_000_000;

/** Rows of a picture, each pixel as red, green, blue in hexadecimal; `.` where nothing was drawn. */
function rowsOf(text: string): string[] | undefined {
  const drawn = drawSixel(text, LIMIT);
  if (drawn === undefined) return undefined;
  const { width, height, rgba } = drawn;
  return Array.from({ length: height }, (_row, y) =>
    Array.from({ length: width }, (_column, x) => {
      const [red = 0, green = 0, blue = 0, seen = 0] = rgba.subarray((y * width + x) * 4);
      return seen === 0 ? '.' : [red, green, blue].map((part) => (part >> 4).toString(16)).join('');
    }).join(' '),
  );
}

test('colours are set in percent or by hue, and drawn six rows at a time', () => {
  // The hue of DEC begins at blue: 120 is red.
  expect(rowsOf('#1;2;0;100;0#1@$#2;1;120;50;100#2A-#1!3@')).toEqual([
    '0f0 . .',
    'f00 . .',
    '. . .',
    '. . .',
    '. . .',
    '. . .',
    '0f0 0f0 0f0',
  ]);
});

test('what the program says of the size makes a picture larger, never smaller', () => {
  const { width, height } = drawSixel('"1;1;5;2#0;2;0;0;0~~', LIMIT) ?? { width: 0, height: 0 };
  expect({ width, height }).toEqual({ width: 5, height: 6 });
});

test('a picture that is too large, too long or empty is not drawn, however little says so', () => {
  expect([
    drawSixel('"1;1;2000;2000', LIMIT),
    drawSixel('!99999999999~', LIMIT),
    drawSixel('-'.repeat(5000) + '~', LIMIT),
    drawSixel('!20000~', LIMIT),
    drawSixel('', LIMIT),
    drawSixel('$-$-?', LIMIT),
  ]).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
});

test('whatever else stands in it is passed over', () => {
  expect(rowsOf('\x01 #0;2;100;100;100#0\n\u00ff;;@ #999999999;9;9;9;9;9;9')).toEqual(['fff']);
});
