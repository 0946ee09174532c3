import { SerializeAddon } from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BATCH, INTERVAL_MS, OutputBatches } from './output-batches.ts';
import { ManualClock } from './page-screen.fixture.ts';
import { XtermScreen } from './xterm-screen.ts';

const scrollback = 30;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function shownTerminal() {
  const terminal = new headless.Terminal({ cols: 40, rows: 5, scrollback, allowProposedApi: true });
  const serializer = new SerializeAddon();
  terminal.loadAddon(serializer);
  let readBytes = 0;
  const write = terminal.write.bind(terminal);
  terminal.write = (output, parsed) => {
    readBytes += output.length;
    write(output, parsed);
  };
  return { terminal, shown: () => serializer.serialize(), readBytes: () => readBytes };
}

function lines(first: number, count: number): string {
  return Array.from({ length: count }, (_, line) => `\x1b[3${line % 8}mline ${first + line}, größer\x1b[0m\r\n`).join(
    '',
  );
}

async function printed(pieces: readonly string[], isBehind: () => boolean) {
  const { terminal, shown, readBytes } = shownTerminal();
  const clock = new ManualClock();
  const screen = new XtermScreen(terminal);
  const batches = new OutputBatches({ screen, clock, isBehind, onFlood: () => undefined });
  for (const piece of pieces) {
    const bytes = encode(piece);
    // What the kernel sends at once.
    for (let at = 0; at < bytes.length; at += 60 * 1024) void batches.write(bytes.subarray(at, at + 60 * 1024));
    // It has read what it was given when the next interval begins.
    await new Promise<void>((resolve) => terminal.write('', resolve));
    clock.advance(INTERVAL_MS);
  }
  await batches.drained();
  return { shown: shown(), readBytes: readBytes() };
}

async function readWhole(text: string): Promise<string> {
  const { terminal, shown } = shownTerminal();
  await new Promise<void>((resolve) => terminal.write(encode(text), resolve));
  return shown();
}

test('of a flood of plain output, what nobody can see is not read', async () => {
  const flood = lines(0, 40_000);
  const { shown, readBytes } = await printed(['$ cat flood\r\n', flood], () => false);
  expect(shown).toBe(await readWhole(`$ cat flood\r\n${flood}`));
  expect(readBytes).toBeLessThan(encode(flood).length / 2);
});

test('while somebody works elsewhere all of it is read, in its time', async () => {
  const flood = lines(0, 20_000);
  const { shown, readBytes } = await printed([flood], () => true);
  expect([shown, readBytes]).toEqual([await readWhole(flood), encode(flood).length]);
});

test('what is left out is not missed, whatever else is printed', async () => {
  const piece = fc.oneof(
    fc.tuple(fc.nat(), fc.integer({ min: 3000, max: BATCH / 32 })).map(([first, count]) => lines(first, count)),
    fc.constantFrom(
      '\x1b[2;3r',
      '\x1b[r',
      '\x1b[?1049h',
      '\x1b[?1049l',
      '\x1b[H',
      '\x1bc',
      '\x1b[31',
      'm',
      '\x1b]0;',
      '\x07',
    ),
    fc.constantFrom('\r\n', '\n', '\x1b[1m', '\t', 'a\r', '漢字'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const { shown } = await printed(pieces, () => false);
      expect(shown).toBe(await readWhole(pieces.join('')));
    }),
    { numRuns: 30 },
  );
});
