import headless from '@xterm/headless';
import { expect, test } from 'vitest';
import { isAnswer } from '../input/terminal-keys.ts';
import { pixelLimit, shareRoom } from './picture-room.ts';
import type { PrintedPicture } from './picture.ts';
import { type PictureParser, PrintedPictures } from './printed-pictures.ts';

interface Told {
  readonly shown: PrintedPicture[];
  readonly answers: string[];
  readonly lines: () => string[];
}

/** What comes of output: pictures that are shown with the line that the cursor is in, answers, and text. */
async function printed(output: string, options: { on?: 'on' | 'off'; fails?: 'fails' } = {}): Promise<Told> {
  const terminal = new headless.Terminal({ allowProposedApi: true, cols: 40, rows: 5 });
  const shown: PrintedPicture[] = [];
  const answers: string[] = [];
  terminal.onData((text) => answers.push(text));
  using _pictures = new PrintedPictures({
    // The types of the one without a screen leave out that a handler may take its time.
    parser: terminal.parser as object as PictureParser,
    isOn: () => options.on !== 'off',
    show: async (picture) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (options.fails) throw new Error('broken');
      shown.push(picture);
    },
    place: () => ({ pane: { width: 320.5, height: 80 }, cell: { width: 8, height: 16 } }),
    answer: (text) => terminal.input(text, false),
  });
  await new Promise<void>((done) => terminal.write(output, done));
  const line = (row: number): string => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '';
  return { shown, answers, lines: () => [line(0), line(1)] };
}

const SIXEL = '\x1bP0;1;0q"1;1;2;2#0~\x1b\\';
const FILE = '\x1b]1337;File=inline=1:AAAA\x07';

test('pictures are taken out of the output, in order, and what stands around them stays', async () => {
  const { shown, lines } = await printed(`a${SIXEL}b${FILE}c\x1b]1337;CurrentDir=/x\x07d`);
  expect({ shown, lines: lines() }).toEqual({
    shown: [
      { protocol: 'sixel', text: '"1;1;2;2#0~' },
      { protocol: 'iterm', text: 'File=inline=1:AAAA' },
    ],
    lines: ['abcd', ''],
  });
});

test('a picture that fails is left out, and the output goes on', async () => {
  const { lines } = await printed(`a${SIXEL}b${FILE}c`, { fails: 'fails' });
  expect(lines()).toEqual(['abc', '']);
});

test('programs that ask are told of graphics, and nothing that they chose', async () => {
  const { answers } = await printed('\x1b[c\x1b[0c\x1b[?1;1;0S\x1b[?2;1;0S\x1b[?2;3;9;9S\x1b[?7;1;0S');
  expect(answers).toEqual([
    '\x1b[?62;4;9;22c',
    '\x1b[?62;4;9;22c',
    '\x1b[?1;0;256S',
    '\x1b[?2;0;320;80S',
    '\x1b[?2;3S',
    '\x1b[?7;1S',
  ]);
  expect(answers.filter((answer) => !isAnswer(answer))).toEqual([]);
});

test('where they are off, nothing is shown and no program is told otherwise', async () => {
  const { shown, answers, lines } = await printed(`a${SIXEL}b${FILE}c\x1b[c\x1b[?2;1;0S`, { on: 'off' });
  expect({ shown, answers, lines: lines() }).toEqual({ shown: [], answers: ['\x1b[?1;2c'], lines: ['abc', ''] });
});

test('however many terminals show pictures, a page keeps no more of them, and each has room for one', () => {
  const keepers = Array.from({ length: 50 }, () => ({ storageLimit: 0 }));
  const first = pixelLimit(undefined);
  const shares = keepers.map(shareRoom);
  const together = keepers.reduce((sum, { storageLimit }) => sum + storageLimit, 0);
  const each = keepers.map(pixelLimit);
  for (const share of shares.slice(1)) share[Symbol.dispose]();
  expect({ first, together: Math.round(together), each: new Set(each), alone: keepers[0]?.storageLimit }).toEqual({
    first: 4_000_000,
    together: 64,
    each: new Set([320_000]),
    alone: 16,
  });
  shares[0]?.[Symbol.dispose]();
});
