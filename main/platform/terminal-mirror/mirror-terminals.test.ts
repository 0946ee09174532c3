import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MirrorTerminals } from './mirror-terminals.ts';

const size = { cols: 40, rows: 5 };

const piece = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom('a', 'b', ' ', 'é', '漢', '😀') }),
  fc.constant('\r\n'),
  fc.tuple(fc.integer({ min: 30, max: 37 }), fc.nat(1)).map(([colour, bold]) => `\x1b[${bold};${colour}m`),
  fc.integer({ min: 1, max: 20 }).map((column) => `\x1b[${column}G`),
  fc.constantFrom(
    '\x1b[0m',
    '\x1b[K',
    '\x1b[?2004h',
    '\x1b(B',
    '\x1b]0;a title\x07',
    '\x1b]8;;http://x/\x1b\\',
    '\x1bP+q544e\x1b\\',
    '\u009b1m',
  ),
);

async function shown(...texts: string[]): Promise<string> {
  const terminals = new MirrorTerminals();
  terminals.open({ id: 't', ...size });
  for (const text of texts) void terminals.write({ id: 't', bytes: Buffer.from(text) });
  const { text } = await terminals.snapshot({ id: 't' });
  terminals.close({ id: 't' });
  return text;
}

describe('a mirrored terminal', () => {
  it('shows to who joins at any point, also inside a control sequence, what it shows to who was there from the start', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (printed, where) => {
          const characters = Array.from(printed.join(''));
          const cut = Math.floor(characters.length * where);
          const [before, after] = [characters.slice(0, cut).join(''), characters.slice(cut).join('')];
          expect(await shown(await shown(before), after)).toBe(await shown(before, after));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps ten thousand lines of scrollback beside the screen', async () => {
    const terminals = new MirrorTerminals();
    terminals.open({ id: 't', ...size });
    void terminals.write({
      id: 't',
      bytes: Buffer.from(Array.from({ length: 12_000 }, (_, line) => `line ${line}\r\n`).join('')),
    });
    const { text } = await terminals.snapshot({ id: 't' });
    const lines = text.split('\r\n');
    // The screen's last line is the empty one that the cursor is on.
    expect([lines[0], lines.at(-1), lines.length]).toEqual(['line 1996', '', 10_005]);
  });

  it('gives its size, and takes a new one after what was written before', async () => {
    const terminals = new MirrorTerminals();
    terminals.open({ id: 't', ...size });
    void terminals.write({ id: 't', bytes: Buffer.alloc(40, 'x') });
    void terminals.resize({ id: 't', cols: 20, rows: 3 });
    expect(await terminals.snapshot({ id: 't' })).toMatchObject({ cols: 20, rows: 3 });
  });

  it('does not keep more than it must of a sequence that never ends', async () => {
    expect((await shown('\x1bP', ...Array.from({ length: 50 }, () => 'q'.repeat(10_000)))).length).toBeLessThan(70_000);
  });

  it('keeps the title that a program gave, until the command that gave it has ended', async () => {
    const given = '\x1b]133;C\x1b\\\x1b]0;a title\x07$ ';
    expect(await shown(given)).toBe('$ \x1b]2;a title\x1b\\');
    expect(await shown(given, '\x1b]133;D;0\x1b\\')).toBe('$ ');
  });

  it('refuses a snapshot of what it does not have, and ignores what is written to it', async () => {
    const terminals = new MirrorTerminals();
    await terminals.write({ id: 'none', bytes: Buffer.from('x') });
    await expect(terminals.snapshot({ id: 'none' })).rejects.toThrow('not mirrored');
  });
});
