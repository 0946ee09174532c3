import { expect, test } from 'vitest';
import type { TerminalEvent } from '../../../schema/contract/terminal.ts';
import { feedTerminal, UNPARSED_LIMIT, type TerminalScreen } from './terminal-feed.ts';
import { TerminalInput } from './input/terminal-input.ts';

function recordingScreen(options: {
  parsesAtOnce: 'yes' | 'no';
}): TerminalScreen & { readonly log: string[]; parse(): void } {
  const log: string[] = [];
  let unparsed: (() => void)[] = [];
  return {
    log,
    write(text, parsed) {
      log.push(text);
      if (options.parsesAtOnce === 'yes') parsed();
      else unparsed.push(parsed);
    },
    reset: () => log.push('[reset]'),
    resize: (cols, rows) => log.push(`[${cols}x${rows}]`),
    parse() {
      const all = unparsed;
      unparsed = [];
      for (const parsed of all) parsed();
    },
  };
}

/** After everything that is ready has run. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function* eventsOf(events: readonly TerminalEvent[], taken: TerminalEvent[] = []): AsyncGenerator<TerminalEvent> {
  for (const event of events) {
    taken.push(event);
    yield event;
  }
}

test('a snapshot replaces the screen, what follows is added, the exit is told', async () => {
  const screen = recordingScreen({ parsesAtOnce: 'yes' });
  const told: unknown[] = [];
  await feedTerminal({
    events: eventsOf([
      { type: 'snapshot', text: 'before', cols: 80, rows: 24 },
      { type: 'text', text: 'after' },
      { type: 'resize', cols: 100, rows: 30 },
      { type: 'exit', exitCode: 3 },
    ]),
    screen,
    onSnapshot: () => told.push('snapshot'),
    onExit: (exitCode) => told.push(exitCode),
    onOutput: () => told.push('output'),
  });
  expect({ log: screen.log, told }).toEqual({
    log: ['[reset]', '[80x24]', 'before', 'after', '[100x30]'],
    told: ['snapshot', 'output', 3],
  });
});

test('a flood is held back until the screen has parsed what it was given', async () => {
  const screen = recordingScreen({ parsesAtOnce: 'no' });
  const taken: TerminalEvent[] = [];
  const chunk = 'x'.repeat(UNPARSED_LIMIT / 2);
  const flood = Array.from({ length: 6 }, (): TerminalEvent => ({ type: 'text', text: chunk }));
  const done = feedTerminal({
    events: eventsOf(flood, taken),
    screen,
    onSnapshot: () => {},
    onExit: () => {},
    onOutput: () => {},
  });
  await nextTurn();
  const takenBeforeParsing = taken.length;
  while (taken.length < flood.length) {
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
