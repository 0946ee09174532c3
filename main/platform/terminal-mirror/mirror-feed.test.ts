import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TerminalId } from '../../../schema/entities.ts';
import { VirtualClock } from '../../base/clock.ts';
import { HeldOutput } from '../../kernel/terminals/held-output.ts';
import { MirrorFeed } from '../../kernel/terminals/mirror-feed.ts';
import { MirrorTerminals } from './mirror-terminals.ts';

// Brands have no other maker in tests.
const terminal = 't' as TerminalId;
const size = { cols: 20, rows: 5 };
const scrollbackLines = 12;

const line = fc.string({ maxLength: 30, unit: fc.constantFrom('a', 'b', ' ', 'é', '漢') }).map((text) => `${text}\r\n`);
const colour = fc.integer({ min: 30, max: 37 }).map((number) => `\x1b[1;${number}m`);
const plain = fc.oneof({ weight: 8, arbitrary: line }, colour, fc.constantFrom('\x1b[m', '\t', 'no end', '\r\n'));
const other = fc.constantFrom(
  '\x1b[2;4r',
  '\x1b[r',
  '\x1b[?1049h',
  '\x1b[?1049l',
  '\x1b[H',
  '\x1b[2J',
  '\x1b]0;t',
  '\x07',
  '\x1b[3',
);
const printed = fc.array(fc.oneof({ weight: 20, arbitrary: plain }, other), { minLength: 1, maxLength: 120 });

/** The feed with a real mirror beside it, and what it gave. */
function feeding() {
  const terminals = new MirrorTerminals();
  const clock = new VirtualClock(0);
  let given = 0;
  const taken: number[] = [];
  const feed = new MirrorFeed({
    terminal,
    clock,
    mirror: {
      open: async (id, { cols, rows }) => terminals.open({ id, cols, rows, scrollbackLines }),
      write: async (id, bytes) => {
        given += bytes.length;
        return terminals.write({ id, bytes });
      },
      resize: (id, { cols, rows }) => terminals.resize({ id, cols, rows }),
      snapshot: (id) => terminals.snapshot({ id }),
      close: async (id) => terminals.close({ id }),
    },
    onTaken: (endOffset) => taken.push(endOffset),
    onFailure: (_operation, cause) => expect.unreachable(String(cause)),
  });
  feed.open(size);
  return { feed, clock, taken, given: () => given };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function shownAtOnce(pieces: readonly string[]): Promise<string> {
  const terminals = new MirrorTerminals();
  terminals.open({ id: 't', ...size, scrollbackLines });
  await terminals.write({ id: 't', bytes: Buffer.from(pieces.join('')) });
  return (await terminals.snapshot({ id: 't' })).text;
}

test('what is held back until somebody looks shows what all of it would have', async () => {
  await fc.assert(
    fc.asyncProperty(printed, fc.array(fc.nat(5), { minLength: 120, maxLength: 120 }), async (pieces, pauses) => {
      const { feed, clock } = feeding();
      for (const [index, piece] of pieces.entries()) {
        feed.write(Buffer.from(piece), index + 1);
        if (pauses[index] === 0) await turn();
        if (pauses[index] === 1) clock.advance(300);
      }
      expect((await feed.snapshot()).text).toBe(await shownAtOnce(pieces));
      feed.close();
    }),
    { numRuns: 300 },
  );
});

test('a flood is not given to the mirror while it goes on, and what stays of it is once it is quiet', async () => {
  const { feed, clock, taken, given } = feeding();
  const lines = Buffer.from('a line of a flood\r\n'.repeat(3000));
  feed.write(Buffer.from('$ \r\n'), 1);
  await turn();
  for (let count = 2; count <= 400; count += 1) feed.write(lines, count);
  expect(taken.at(-1)).toBe(400);
  expect(given()).toBeLessThan(10);
  clock.advance(300);
  clock.advance(300);
  await turn();
  expect(given()).toBeGreaterThan(10_000);
  expect(given()).toBeLessThan(4 * 1024 * 1024);
  expect((await feed.snapshot()).text).toContain('a line of a flood');
});

test('what would take long to shorten is given to the mirror', () => {
  const held = new HeldOutput();
  const push = (text: string): boolean => {
    const piece = Buffer.from(text.repeat(Math.ceil((60 * 1024) / text.length)));
    for (let pushed = 0; pushed < 8 * 1024 * 1024; pushed += piece.length) if (!held.push(piece, 10_048)) return false;
    return true;
  };
  const outcomes = ['a usual line\r\n', 'no carriage return\n', '\x1b[31mx\x1b[32my\r\n'].map((text) => {
    held.release();
    return push(text);
  });
  expect(outcomes).toEqual([true, false, false]);
});

test('of what is held no more is kept than stays, with the colours that are in force there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plain, { minLength: 1, maxLength: 400 }), async (pieces) => {
      const held = new HeldOutput(2048);
      const keptLines = scrollbackLines + 2 * size.rows;
      const shown: string[] = [];
      for (const piece of pieces) {
        const bytes = Buffer.from(piece);
        if (held.push(bytes, keptLines)) continue;
        shown.push(Buffer.from(held.take()).toString(), piece);
      }
      shown.push(Buffer.from(held.take()).toString());
      expect(await shownAtOnce(shown)).toBe(await shownAtOnce(pieces));
    }),
    { numRuns: 300 },
  );
});
