import { expect, test } from 'vitest';
import { fileSize } from './file-size.ts';
import { type InlineFile, readInlineFile, shownSize } from './inline-file.ts';

const place = { pane: { width: 800, height: 400 }, cell: { width: 8, height: 16 } };
const LIMIT = 1_000_000;

function shown(picture: readonly [number, number], args: string): readonly [number, number] {
  // Every text of these tests is one.
  const file = readInlineFile(`File=inline=1;${args}:AAAA`) as InlineFile;
  const { width, height } = shownSize({ width: picture[0], height: picture[1] }, file, place, LIMIT);
  return [width, height];
}

test('a picture has its own size where that fits, and else what fits or is asked for', () => {
  expect([
    shown([100, 50], ''),
    shown([1600, 400], ''),
    shown([100, 1000], 'width=auto;height=auto'),
    shown([100, 50], 'width=20'),
    shown([100, 50], 'height=100px'),
    shown([100, 50], 'width=50%;height=50%'),
    shown([100, 50], 'width=50%;height=50%;preserveAspectRatio=0'),
    shown([100, 50], 'width=0;height=-3px'),
  ]).toEqual([
    [100, 50],
    [800, 200],
    [38, 384],
    [160, 80],
    [200, 100],
    [400, 200],
    [400, 200],
    [100, 50],
  ]);
});

test('a picture is never shown with more pixels than it may have, whatever a program asks for', () => {
  for (const args of ['width=99999', 'width=99999px;height=99999px;preserveAspectRatio=0', 'height=99999%']) {
    const [width, height] = shown([3, 2], args);
    expect(width * height).toBeLessThanOrEqual(LIMIT);
  }
});

test('what is not a picture to be shown is none: other sequences, downloads, and what does not begin with its arguments', () => {
  expect(
    ['SetMark', 'File=inline=1', 'File=name=eA==:AAAA', `File=${';'.repeat(5000)}inline=1:AAAA`, 'CurrentDir=/x:y'].map(
      readInlineFile,
    ),
  ).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect(readInlineFile('File=name=eA==;inline=1;size=3:AAAA')?.base64).toBe('AAAA');
});

const png = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 0, 0, 0, 0, 9];
const frame = (marker: number, height: number, width: number) => [0xff, marker, 0, 8, 8, 0, height, 0, width];
const gif = [0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 2, 0, 3, 0, 0x80, 0, 0, 1, 2, 3, 4, 5, 6, 0x21, 0xfe, 1, 65, 0];

test('the size is the one that it is decoded in: a second one that says less is not believed', () => {
  expect(
    [
      png,
      [
        0xff,
        0xd8,
        0xff,
        0xe0,
        0,
        4,
        1,
        2,
        0xff,
        ...frame(0xc4, 1, 1).slice(0, 2),
        0,
        3,
        9,
        ...frame(0xc1, 7, 5),
        ...frame(0xc0, 1, 1),
      ],
      [...gif, 0x2c, 1, 0, 0, 0, 0x10, 0x27, 1, 0],
      [...gif, 0x3b],
      [0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4],
      png.slice(0, 20),
      [],
    ].map((bytes) => fileSize(new Uint8Array(bytes))),
  ).toEqual([
    { type: 'image/png', width: 256, height: 9 },
    { type: 'image/jpeg', width: 5, height: 7 },
    { type: 'image/gif', width: 10_001, height: 3 },
    { type: 'image/gif', width: 0, height: 0 },
    undefined,
    undefined,
    undefined,
  ]);
});
