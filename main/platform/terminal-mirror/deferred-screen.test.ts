import { SerializeAddon } from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeferredScreen } from './deferred-screen.ts';

const size = { cols: 12, rows: 4 };
const scrollbackLines = 10;

interface Kept {
  readonly screen: DeferredScreen;
  shown(): Promise<string>;
  /** Characters that it has read. */
  read(): number;
}

function kept(waitingLimit: number): Kept {
  const terminal = new headless.Terminal({ ...size, scrollback: scrollbackLines, allowProposedApi: true });
  const serializer = new SerializeAddon();
  terminal.loadAddon(serializer);
  let read = 0;
  const write = terminal.write.bind(terminal);
  terminal.write = (data, parsed) => {
    read += data.length;
    write(data, parsed);
  };
  const screen = new DeferredScreen({ terminal, waitingLimit });
  return { screen, read: () => read, shown: () => screen.look(() => serializer.serialize() + screen.unfinished) };
}

const plain = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom('a', 'b', ' ', 'é', '漢', '\t') }),
  fc.constant('\r\n'),
  fc.constant('\r\n'),
  fc.constant('\r\n'.repeat(30)),
  fc.constant('\n'),
  fc.constant('\r'),
  fc.integer({ min: 30, max: 37 }).map((colour) => `\x1b[${colour}m`),
  fc.constantFrom('\x1b[0m', '\x1b[m', '\x1b[1;4m', '\x1b[38;5;9m', '\x1b[48:2::1:2:3m'),
  fc.constantFrom(
    '\x1b[39m',
    '\x1b[49m',
    '\x1b[22m',
    '\x1b[24m',
    '\x1b[4:3m',
    '\x1b[7;38;5m',
    '\x1b[27m',
    '\x1b[58;5;2m',
  ),
);
const moving = fc.constantFrom(
  '\x1b[2;3r',
  '\x1b[r',
  '\x1b[?1049h',
  '\x1b[?1049l',
  '\x1b[H',
  '\x1b[2J',
  '\x1bM',
  '\b',
  '\x1b]0;title\x07',
  '\x1bP+q',
  '\x1b\\',
  '\x1b[4h',
  '\x1bc',
  '\u009b2J',
  '\u0085',
);

test('what is left out is not missed, however the output is cut', async () => {
  const outputs = fc.array(fc.oneof({ weight: 12, arbitrary: plain }, { weight: 1, arbitrary: moving }), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(outputs, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), async (printed, cuts) => {
      const text = printed.join('');
      const deferred = kept(50);
      for (let at = 0; at < text.length; ) {
        const length = cuts.next().value;
        await deferred.screen.write(Buffer.from(text.slice(at, at + length)));
        at += length;
      }
      const whole = kept(Number.MAX_SAFE_INTEGER);
      await whole.screen.write(Buffer.from(text));
      expect(await deferred.shown()).toBe(await whole.shown());
    }),
    { numRuns: 150 },
  );
});

test('of a flood of plain output, only what stays is read', async () => {
  const flood = kept(1000);
  for (let line = 0; line < 5000; line += 1) await flood.screen.write(Buffer.from(`\x1b[32mline ${line}\x1b[0m\r\n`));
  expect(await flood.shown()).toMatch(/line 4987.*line 4999/s);
  expect(flood.read()).toBeLessThan(5000);
});

test('output that moves the cursor is read, all of it', async () => {
  const drawn = kept(1000);
  for (let step = 0; step < 1000; step += 1) await drawn.screen.write(Buffer.from(`\x1b[1;1H${step}\r\n`));
  await drawn.shown();
  expect(drawn.read()).toBe(Array.from({ length: 1000 }, (_, step) => `\x1b[1;1H${step}\r\n`).join('').length);
});

test('a part of the screen that scrolls by itself still does after another program has reset its own screen', async () => {
  const lines = Array.from({ length: 200 }, (_, line) => `line ${line}\r\n`).join('');
  const printed = [Buffer.from('top\r\n\x1b[2;3r\x1b[?1049h\x1b[r\x1b[?1049l\x1b[3;1H'), Buffer.from(lines)];
  const [deferred, whole] = [kept(100), kept(Number.MAX_SAFE_INTEGER)];
  for (const output of printed) {
    for (const { screen } of [deferred, whole]) {
      await screen.write(output);
      await screen.takeIn();
    }
  }
  expect(await deferred.shown()).toBe(await whole.shown());
});
