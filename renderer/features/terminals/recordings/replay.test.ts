import { expect, test } from 'vitest';
import type { ReplayEvent } from '../../../../schema/contract/terminal-recording.ts';
import { replay } from './replay.ts';

async function* eventsOf(events: readonly ReplayEvent[]): AsyncGenerator<ReplayEvent> {
  yield* events;
}

const recorded: readonly ReplayEvent[] = [
  { type: 'size', cols: 80, rows: 24, atMs: 0 },
  { type: 'output', text: 'a', atMs: 300 },
  { type: 'output', text: 'b', atMs: 60_300 },
  { type: 'size', cols: 90, rows: 20, atMs: 60_300 },
];

test('a recording is shown with its pauses, and nobody waits a minute for the next letter', async () => {
  const log: (string | number)[] = [];
  await replay({
    events: eventsOf(recorded),
    screen: {
      write: (text, parsed) => (log.push(text), parsed()),
      resize: (cols, rows) => log.push(`${cols}x${rows}`),
    },
    speed: () => 2,
    wait: async (ms) => void log.push(ms),
    onTime: () => undefined,
    signal: new AbortController().signal,
  });
  expect(log).toEqual(['80x24', 150, 'a', 1000, 'b', '90x20']);
});

test('a replay that is stopped shows no more', async () => {
  const stopping = new AbortController();
  const shown: string[] = [];
  await replay({
    events: eventsOf(recorded),
    screen: { write: (text, parsed) => (shown.push(text), parsed()), resize: () => undefined },
    speed: () => 1,
    wait: async (ms) => (ms > 1000 ? stopping.abort() : undefined),
    onTime: () => undefined,
    signal: stopping.signal,
  });
  expect(shown).toEqual(['a']);
});
