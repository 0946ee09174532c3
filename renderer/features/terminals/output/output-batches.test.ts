import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LoggingScreen, ManualClock } from './page-screen.fixture.ts';
import {
  AT_ONCE,
  BATCH,
  GO_MS,
  INTERVAL_MS,
  type Output,
  OutputBatches,
  SHARE,
  SHORTENED_INTERVAL_MS,
  UNPARSED_LIMIT,
} from './output-batches.ts';

function bench(options: { parses?: 'at once' | 'when told'; isBehind?: () => boolean } = {}) {
  const screen = new LoggingScreen(options.parses ?? 'at once');
  const clock = new ManualClock();
  const floods: number[] = [];
  const onFlood = (): void => void floods.push(clock.now());
  const batches = new OutputBatches({ screen, clock, isBehind: options.isBehind ?? (() => false), onFlood });
  return { screen, clock, batches, floods, lengths: () => screen.log.map((text) => text.length) };
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

/** After everything that is ready has run. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

test('what a key brings back is shown at once, again and again', () => {
  const { batches, screen, clock, floods } = bench();
  for (const letter of 'typed') void batches.write(letter);
  expect([screen.log, clock.isWaiting, floods]).toEqual([['t', 'y', 'p', 'e', 'd'], false, []]);
});

test('a flood is given in batches, one an interval, and all of it', () => {
  const { batches, clock, lengths, floods } = bench();
  for (let piece = 0; piece < 5; piece += 1) void batches.write('x'.repeat(AT_ONCE));
  const first = lengths();
  expect(floods).toEqual([0, 0, 0, 0]);
  clock.advance(INTERVAL_MS);
  expect([first, lengths(), clock.isWaiting]).toEqual([[AT_ONCE], [AT_ONCE, 4 * AT_ONCE], false]);
});

test('what was held back comes as one, bytes as bytes', () => {
  const { batches, clock, screen } = bench();
  const given: Output[] = [];
  const write = screen.write.bind(screen);
  screen.write = (output, parsed) => {
    given.push(output);
    write(output, parsed);
  };
  void batches.write('x'.repeat(AT_ONCE));
  for (const text of ['grüße ', '漢字']) void batches.write(new TextEncoder().encode(text));
  clock.advance(INTERVAL_MS);
  expect(given.slice(1)).toEqual([new TextEncoder().encode('grüße 漢字')]);
});

test('no more than a batch waits for the next interval', () => {
  const { batches, screen } = bench();
  void batches.write('x');
  const given: number[] = [];
  for (let piece = 0; piece < BATCH / AT_ONCE; piece += 1) {
    given.push(lengthOf(screen.log));
    void batches.write('x'.repeat(AT_ONCE));
  }
  expect([new Set(given), lengthOf(screen.log)]).toEqual([new Set([1]), 1 + BATCH]);
});

test('a batch is what the screen reads in one go, and the next is given when it has read it', () => {
  const { batches, clock, screen, lengths } = bench({ parses: 'when told' });
  const write = (length: number): void => {
    for (let written = 0; written < length; written += SHARE) void batches.write('x'.repeat(SHARE));
  };
  write(SHARE);
  screen.parse();
  write(BATCH);
  const first = lengths();
  clock.advance(4 * GO_MS);
  screen.parse();
  write(SHARE + BATCH);
  const whileItReads = lengths();
  screen.parse();
  expect([first, whileItReads, lengths()]).toEqual([
    [SHARE, BATCH],
    [SHARE, BATCH, SHARE],
    [SHARE, BATCH, SHARE, BATCH / 4],
  ]);
});

test('what can be made shorter is read in longer intervals, until nothing more comes', () => {
  const { batches, clock, screen, lengths } = bench();
  Object.assign(screen, { shortened: ([first]: readonly Uint8Array[]) => first });
  const piece = new TextEncoder().encode('x'.repeat(SHARE));
  const write = (): void => {
    for (let written = 0; written < BATCH / 4; written += SHARE) void batches.write(piece);
  };
  void batches.write('$');
  const given: number[][] = [];
  for (let interval = 0; interval < 6; interval += 1) {
    write();
    clock.advance(INTERVAL_MS - 1);
    if (interval < 5) write();
    clock.advance(1);
    given.push(lengths());
  }
  const [one, two] = [
    [1, SHARE],
    [1, SHARE, SHARE],
  ];
  expect([SHORTENED_INTERVAL_MS, given]).toEqual([4 * INTERVAL_MS, [one, one, one, one, two, [...two, SHARE]]]);
});

test('a terminal that prints without end has its share only, while somebody works elsewhere', () => {
  let working = true;
  const { batches, clock, screen } = bench({ isBehind: () => working });
  for (let piece = 0; piece < BATCH; piece += SHARE / 2) void batches.write('x'.repeat(SHARE / 2));
  const given: number[] = [];
  for (let interval = 0; interval < 3; interval += 1) {
    given.push(lengthOf(screen.log));
    clock.advance(INTERVAL_MS);
  }
  working = false;
  clock.advance(INTERVAL_MS);
  expect([given, lengthOf(screen.log)]).toEqual([
    [0.5, 1.5, 2.5].map((shares) => shares * SHARE),
    Math.ceil(BATCH / (SHARE / 2)) * (SHARE / 2),
  ]);
});

test('no more is taken than may wait to be parsed', async () => {
  const { batches, screen } = bench({ parses: 'when told' });
  const taken: number[] = [];
  const done = (async () => {
    for (let piece = 0; piece < 8; piece += 1) {
      await batches.write('x'.repeat(UNPARSED_LIMIT / 4));
      taken.push(piece);
    }
    await batches.drained();
  })();
  await nextTurn();
  const before = taken.length;
  while (taken.length < 8) {
    screen.parse();
    await nextTurn();
  }
  screen.parse();
  await done;
  expect([before, screen.log.join('').length]).toEqual([4, 2 * UNPARSED_LIMIT]);
});

test('every text comes whole, once and in order, whatever the times and however it was cut', async () => {
  const steps = fc.array(
    fc.record({ length: fc.integer({ min: 1, max: 60_000 }), waitMs: fc.nat(50), behind: fc.boolean() }),
    {
      maxLength: 60,
    },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      let behind = false;
      const { batches, clock, screen } = bench({ isBehind: () => behind });
      let written = '';
      for (const [at, step] of all.entries()) {
        const text = String.fromCharCode(97 + (at % 26)).repeat(step.length);
        written += text;
        behind = step.behind;
        await batches.write(at % 2 === 0 ? text : new TextEncoder().encode(text));
        clock.advance(step.waitMs);
        // Time goes on before so much waits that nothing more is taken.
        while (written.length - lengthOf(screen.log) > UNPARSED_LIMIT / 2) clock.advance(INTERVAL_MS);
      }
      await batches.drained();
      expect(screen.log.join('') === written).toBe(true);
      batches[Symbol.dispose]();
      expect(clock.isWaiting).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test('one that is disposed gives nothing more and leaves no timer', () => {
  const { batches, clock, screen } = bench();
  void batches.write('x'.repeat(AT_ONCE));
  void batches.write('left out');
  batches[Symbol.dispose]();
  clock.advance(10 * INTERVAL_MS);
  expect([screen.log.length, clock.isWaiting]).toEqual([1, false]);
});
