import { expect, test } from 'vitest';
import type { AttachEvent } from '../../../../schema/contract/terminal.ts';
import { TerminalInput } from '../input/terminal-input.ts';
import { LoggingScreen, ManualClock } from './page-screen.fixture.ts';
import { feedTerminal } from './terminal-feed.ts';
import { UNPARSED_LIMIT } from './output-batches.ts';

/** After everything that is ready has run. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function* eventsOf(events: readonly AttachEvent[], taken: AttachEvent[] = []): AsyncGenerator<AttachEvent> {
  for (const event of events) {
    taken.push(event);
    yield event;
  }
}

test('a snapshot replaces the screen, what follows is added, the exit is told', async () => {
  const screen = new LoggingScreen('at once');
  const told: unknown[] = [];
  await feedTerminal({
    events: eventsOf([
      { type: 'snapshot', text: 'before', cols: 80, rows: 24 },
      { type: 'text', text: 'after' },
      { type: 'bytes', bytes: new TextEncoder().encode('größer') },
      { type: 'resize', cols: 100, rows: 30 },
      { type: 'exit', exitCode: 3 },
    ]),
    screen,
    clock: new ManualClock(),
    isBehind: () => false,
    onFlood: () => {},
    onSnapshot: () => told.push('snapshot'),
    onExit: (exitCode) => told.push(exitCode),
    onOutput: () => told.push('output'),
  });
  expect({ log: screen.log, told }).toEqual({
    log: ['[reset]', '[80x24]', 'before', 'after', 'größer', '[100x30]'],
    told: ['snapshot', 'output', 'output', 3],
  });
});

test('a flood is held back until the screen has parsed what it was given', async () => {
  const screen = new LoggingScreen('when told');
  const taken: AttachEvent[] = [];
  const chunk = 'x'.repeat(UNPARSED_LIMIT / 2);
  const flood = Array.from({ length: 6 }, (): AttachEvent => ({ type: 'text', text: chunk }));
  const done = feedTerminal({
    events: eventsOf(flood, taken),
    screen,
    clock: new ManualClock(),
    isBehind: () => false,
    onFlood: () => {},
    onSnapshot: () => {},
    onExit: () => {},
    onOutput: () => {},
  });
  await nextTurn();
  const takenBeforeParsing = taken.length;
  while (screen.log.length < flood.length) {
    screen.parse();
    await nextTurn();
  }
  screen.parse();
  await done;
  expect({ takenBeforeParsing, written: screen.log.length }).toEqual({ takenBeforeParsing: 3, written: 6 });
});

test('keys stay in order while a call is under way', async () => {
  const sent: string[] = [];
  const releases: (() => void)[] = [];
  const input = new TerminalInput((text) => {
    sent.push(text);
    return new Promise<void>((resolve) => releases.push(resolve));
  });
  input.type('a');
  input.type('b');
  input.type('c');
  releases.shift()?.();
  await nextTurn();
  expect(sent).toEqual(['a', 'bc']);
});
